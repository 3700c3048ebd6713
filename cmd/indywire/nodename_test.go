package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/indywire/indywire/internal/config"
)

func TestNodeName(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	first, err := serve{}.node(data)
	if err != nil || !nodeName.MatchString(first) {
		t.Fatalf("node %q, %v", first, err)
	}
	if second, err := (serve{}).node(data); err != nil || second != first {
		t.Errorf("the next start calls the node %q, %v; want %q", second, err, first)
	}
	if other, err := (serve{}).node(filepath.Join(t.TempDir(), "data")); err != nil || other == first {
		t.Errorf("another node is called %q too, %v", other, err)
	}
	if named, err := (serve{config.Server{Node: "a.b-1"}}).node(data); err != nil || named != "a.b-1" {
		t.Errorf("--node gives %q, %v", named, err)
	}
	for _, bad := range []string{"a b", "a\r\nX: y", "-a", "é"} {
		if _, err := (serve{config.Server{Node: bad}}).node(data); err == nil {
			t.Errorf("--node %q is taken", bad)
		}
	}
	if err := os.WriteFile(filepath.Join(data, "node"), []byte("no name\n\n!"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (serve{}).node(data); err == nil {
		t.Error("a broken file gives a name")
	}
}
