package recording

import (
	"fmt"
	"strconv"
	"time"

	"github.com/indywire/indywire/internal/sandbox"
)

// How a recording is coded. Every phone of the last twelve years plays it.
const (
	maxRate   = 30 // pictures a second of what is coded anew
	soundBits = 128_000
)

// class is a size that videos are made in: its short side, and what it may take.
type class struct {
	short int
	bits  int64 // a second, at most, over some seconds
}

// classes are those of a source of a size; the largest first. A source smaller
// than a class is one of its own; a step that it hardly exceeds is left out, as
// with photos.
func classes(width, height int) []class {
	short := min(width, height)
	largest := class{min(720, max(short&^1, 2)), 2_500_000}
	if largest.short <= 480 {
		largest.bits = 1_200_000
	}
	list := []class{largest}
	if 480*5 < largest.short*4 {
		list = append(list, class{480, 1_200_000})
	}
	return list
}

// size is the width and height of the class for a picture of a shape, both even.
func (c class) size(width, height int) (int, int) {
	short, long := min(width, height), max(width, height)
	l := min(max((long*c.short/short+1)&^1, 2), MaxSide)
	if width < height {
		return c.short, l
	}
	return l, c.short
}

func (c class) name() string { return fmt.Sprintf("%dp.mp4", c.short) }

// fits tells that a stream can be served as it is, once what is no picture has
// been taken out: what phones read, of about the size that would be made of it.
func (c class) fits(v *stream) bool {
	switch v.profile {
	case "Constrained Baseline", "Main", "High":
	default:
		return false
	}
	return v.codec == "h264" && !v.highRange() && v.format == "yuv420p" && v.straight && v.width%2 == 0 && v.height%2 == 0 &&
		min(v.width, v.height) == c.short && max(v.width, v.height) <= 1920 &&
		v.rate > 0 && v.rate <= 61 && v.bits > 0 && v.bits <= c.bits*3/2
}

// plan is what one run of ffmpeg makes of a recording.
type plan struct {
	found
	header  Header
	copied  bool // the largest class is the source's own stream
	threads int
}

// copies tells whether a class is copied.
func (p plan) copies(c class) bool { return p.copied && c.fits(p.video) }

// args is ffmpeg's command line.
func (p plan) args() []string {
	args := []string{"-nostdin", "-v", "error", "-nostats", "-progress", "pipe:1", "-y", "-threads", strconv.Itoa(p.threads)}
	args = append(args, inputArgs(p.header)...)
	if p.video == nil {
		return append(append(args, p.opus()...), p.mp3()...)
	}
	for _, c := range classes(p.video.width, p.video.height) {
		args = append(args, p.film(c)...)
	}
	return args
}

// film is one video.
func (p plan) film(c class) []string {
	args := []string{"-map", fmt.Sprintf("0:%d", p.video.index), "-map", "0:a:0?"}
	if p.copies(c) {
		args = append(args, "-c:v", "copy")
	} else {
		args = append(args, p.coded(c)...)
	}
	args = append(args,
		// slices, sequence and picture parameters; neither SEI nor anything else that a person or a program may write into
		"-bsf:v", "filter_units=pass_types=1-5|7|8",
		"-c:a", "aac", "-b:a", strconv.Itoa(soundBits), "-ac", "2", "-ar", "48000")
	args = append(args, bare()...)
	return append(args, "-movflags", "+faststart", "-f", "mp4", sandbox.OutPath+"/"+c.name())
}

// coded is how pictures are coded anew. ffmpeg turns them upright by itself,
// before they are scaled.
func (p plan) coded(c class) []string {
	w, h := c.size(p.video.width, p.video.height)
	filter := fmt.Sprintf("scale=%d:%d,%ssetsar=1,format=yuv420p", w, h, p.video.toned())
	if p.video.rate == 0 || p.video.rate > maxRate+1 {
		filter = fmt.Sprintf("fps=%d,", maxRate) + filter
	}
	return []string{
		"-vf", filter, "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-level:v", "4.0", "-crf", "23",
		"-maxrate", strconv.FormatInt(c.bits, 10), "-bufsize", strconv.FormatInt(2*c.bits, 10), "-g", "120", "-threads:v", strconv.Itoa(p.threads),
	}
}

// highRange tells pictures of a high dynamic range (ITU-R BT.2100), as newer phones
// take them: by PQ or by HLG.
func (v *stream) highRange() bool { return v.transfer == "smpte2084" || v.transfer == "arib-std-b67" }

// toned brings such pictures into the range that every screen has; without, they
// would look as in a fog. The white of paper, 203 cd/m2 (ITU-R BT.2408), stays
// white, and what is brighter is pressed together above it.
func (v *stream) toned() string {
	if !v.highRange() {
		return ""
	}
	return "zscale=tin=" + v.transfer + ":pin=bt2020:min=bt2020nc:rin=tv:t=linear:npl=203,format=gbrpf32le,zscale=p=bt709," +
		"tonemap=mobius:desat=0,zscale=t=bt709:m=bt709:r=tv,"
}

// bare keeps out of a file what is neither picture nor sound, and bounds its
// length, since what a source says of its own may be a lie.
func bare() []string {
	return []string{
		"-map_metadata", "-1", "-map_chapters", "-1", "-dn", "-sn", "-fflags", "+bitexact", "-flags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
		"-max_muxing_queue_size", "1024", "-t", strconv.Itoa(int((MaxDuration + time.Minute).Seconds())),
	}
}

func (p plan) opus() []string {
	args := append([]string{"-map", "0:a:0", "-vn", "-c:a", "libopus", "-b:a", "96k", "-ac", "2", "-ar", "48000"}, bare()...)
	return append(args, "-f", "opus", sandbox.OutPath+"/sound.opus")
}

func (p plan) mp3() []string {
	args := append([]string{"-map", "0:a:0", "-vn", "-c:a", "libmp3lame", "-b:a", "128k", "-ac", "2", "-ar", "44100"}, bare()...)
	return append(args, "-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "0", "-f", "mp3", sandbox.OutPath+"/sound.mp3")
}

// length is how long the recording is, or may be.
func (p plan) length() time.Duration {
	if p.duration == 0 {
		return MaxDuration
	}
	return p.duration
}

// timeout grows with the length: a slow server codes both sizes of a video at a
// sixth of its pace.
func (p plan) timeout() time.Duration {
	return min(2*time.Minute+6*p.length(), 12*time.Hour)
}

// output is how many bytes may be made.
func (p plan) output() int64 {
	bits := int64(2 * 2 * soundBits)
	if p.video != nil {
		for _, c := range classes(p.video.width, p.video.height) {
			bits += 2*c.bits + soundBits
		}
	}
	return 64<<20 + int64(p.length().Seconds())*bits/8
}
