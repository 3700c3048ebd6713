package cluster_test

import (
	"testing"

	"github.com/indywire/indywire/internal/cluster"
	"github.com/indywire/indywire/internal/db"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	a, b := cluster.NewMarker([]byte("a")), cluster.NewMarker([]byte("b"))
	for _, at := range []db.LSN{0, 1, 0x16B374D848, 1<<64 - 1} {
		mark := a.Mark(at)
		if got, genuine := cluster.NewMarker([]byte("a")).Read(mark); !genuine || got != at {
			t.Errorf("%s was read as %s, %v", at, got, genuine)
		}
		if _, genuine := b.Read(mark); genuine {
			t.Error("a mark of another network is believed")
		}
		for i := range mark {
			other := []byte(mark)
			other[i] ^= 1
			if _, genuine := a.Read(string(other)); genuine {
				t.Errorf("a mark changed at %d is believed", i)
			}
		}
	}
	for _, made := range []string{"", "0/0", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", a.Mark(7) + "A", a.Mark(7) + "="} {
		if _, genuine := a.Read(made); genuine {
			t.Errorf("%q is believed", made)
		}
	}
}
