package recording_test

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/indywire/indywire/internal/media/recording"
	"github.com/indywire/indywire/internal/sandbox"
)

// BenchmarkVideo measures Process, which confines, reads again and makes a
// poster, against bare ffmpeg with the same settings, by turns in one run, on a
// minute of 1080p. ratio is how much longer Process takes; it is to be measured on
// a machine that has nothing else to do.
func BenchmarkVideo(b *testing.B) {
	box := openBox(b)
	path := makeFile(b, "clip.mp4", "-f", "lavfi", "-i", "testsrc2=duration=60:size=1920x1080:rate=30", "-f", "lavfi", "-i", "sine=duration=60",
		"-vf", "noise=alls=8:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "26", "-pix_fmt", "yuv420p", "-c:a", "aac")
	h := recording.Header{Kind: recording.Video, Type: "video/mp4", Demuxer: "mov"}
	args, err := recording.Args(b.Context(), box, path, h, min(runtime.NumCPU(), 4))
	if err != nil {
		b.Fatal(err)
	}
	var ratios []float64
	for b.Loop() {
		bare := timed(func() { bareFFmpeg(b, args, path) })
		ours := timed(func() {
			if _, err := recording.Process(b.Context(), box, path, h, b.TempDir(), nil); err != nil {
				b.Fatal(err)
			}
		})
		ratios = append(ratios, ours.Seconds()/bare.Seconds())
	}
	b.ReportMetric(middle(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

// middle is the median.
func middle(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func timed(do func()) time.Duration {
	begun := time.Now()
	do()
	return time.Since(begun)
}

// bareFFmpeg runs ffmpeg with a job's own arguments, outside of any sandbox.
func bareFFmpeg(b *testing.B, args []string, in string) {
	b.Helper()
	out := b.TempDir()
	outside := make([]string, len(args))
	for i, arg := range args {
		outside[i] = strings.NewReplacer(sandbox.InputPath, in, sandbox.OutPath, out).Replace(arg)
	}
	// as far back as a job stands, or a busy machine would tell another story
	if said, err := exec.Command("nice", append([]string{"-n", "10", "ffmpeg"}, outside...)...).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, said)
	}
	if made, _ := filepath.Glob(out + "/*.mp4"); len(made) == 0 {
		b.Fatal("bare ffmpeg made nothing")
	}
}
