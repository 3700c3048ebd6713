package sandbox

import (
	"os"
	"path/filepath"

	"github.com/indywire/indywire/internal/fault"
)

// wanted are the programs that are looked for at the start beside vips, and what
// cannot be processed without each.
func wanted() []struct{ tool, what string } {
	return []struct{ tool, what string }{
		{"ffmpeg", "films and sounds (Debian: apt install ffmpeg)"},
		{"ffprobe", "films and sounds (Debian: apt install ffmpeg)"},
		{"mat2", "PDFs (Debian: apt install mat2)"},
		{"exiftool", "PDFs (Debian: apt install libimage-exiftool-perl)"},
	}
}

// installed tells whether a tool is where a job finds it (environment).
func (b *Box) installed(tool string) bool {
	for _, dir := range b.Programs {
		path := tool
		if !filepath.IsAbs(tool) {
			path = filepath.Join(dir, tool)
		}
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return true
		}
	}
	return false
}

// lacking is ErrMissing, of kind Busy, and names a tool which a job needs and which
// is not there: an operator's to mend, and not the file's. It is looked up anew
// each time, so that nothing need be started again.
func (b *Box) lacking(job Job) error {
	for _, tool := range append([]string{job.Tool}, job.Needs...) {
		if !b.installed(tool) {
			return fault.Wrap(fault.Busy, "find "+tool, ErrMissing)
		}
	}
	return nil
}

// warnOfMissing says what cannot be processed here.
func (b *Box) warnOfMissing() {
	for _, w := range wanted() {
		if !b.installed(w.tool) {
			b.Log.Warn("some files cannot be processed and wait until a program is installed", "program", w.tool, "files", w.what)
		}
	}
}
