package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/indywire/indywire/internal/sandbox"
)

// found is what ffprobe told of a recording, after it was held to the bounds.
type found struct {
	duration time.Duration // 0: not known
	video    *stream       // nil: sound alone
	sound    bool
}

// stream is what matters of a stream of pictures.
type stream struct {
	index         int
	codec         string
	profile       string
	format        string  // of pixels
	transfer      string  // ffmpeg's name of how light is coded
	width, height int     // upright, of square pixels
	straight      bool    // stored upright, in square pixels, whole pictures
	rate          float64 // pictures a second, on average; 0: not known
	bits          int64   // a second; 0: not known
}

// told is ffprobe's answer. A hostile file has a say in all of it.
type told struct {
	Streams []struct {
		Index       int    `json:"index"`
		Type        string `json:"codec_type"`
		Codec       string `json:"codec_name"`
		Profile     string `json:"profile"`
		Format      string `json:"pix_fmt"`
		Transfer    string `json:"color_transfer"`
		Width       int    `json:"width"`
		Height      int    `json:"height"`
		Aspect      string `json:"sample_aspect_ratio"`
		Order       string `json:"field_order"`
		Rate        string `json:"avg_frame_rate"`
		Bits        string `json:"bit_rate"`
		Disposition struct {
			Picture int `json:"attached_pic"`
		} `json:"disposition"`
		Side []struct {
			Rotation float64 `json:"rotation"`
		} `json:"side_data_list"`
	} `json:"streams"`
	Format struct {
		Duration string `json:"duration"`
	} `json:"format"`
}

const entries = "stream=index,codec_type,codec_name,profile,pix_fmt,color_transfer,width,height,sample_aspect_ratio,field_order,avg_frame_rate,bit_rate:" +
	"stream_disposition=attached_pic:stream_side_data=rotation:format=duration"

// examine has ffprobe look at a recording and holds what it tells to the bounds.
func examine(ctx context.Context, box *sandbox.Box, in string, h Header) (found, error) {
	args := append([]string{"-v", "error", "-show_entries", entries, "-of", "json"}, inputArgs(h)...)
	result, err := box.Run(ctx, sandbox.Job{
		Tool: "ffprobe", Args: args, Input: in, Timeout: time.Minute, MemoryBytes: memory, Nice: nice,
	})
	if err != nil {
		return found{}, refusal(result, err)
	}
	var t told
	if err := json.Unmarshal(result.Stdout, &t); err != nil {
		return found{}, fmt.Errorf("%w: what ffprobe tells of it is no JSON", ErrBroken)
	}
	return t.check()
}

// inputArgs has ffmpeg read the file by the demuxer that was chosen, and nothing
// but that file, with decoders that are meant for what people have.
func inputArgs(h Header) []string {
	args := []string{
		"-protocol_whitelist", "file,pipe", "-format_whitelist", formats(h.Demuxer),
		"-codec_whitelist", strings.Join(decoders(), ","), "-max_pixels", strconv.Itoa(MaxPixels),
		"-max_streams", strconv.Itoa(maxStreams), "-f", h.Demuxer,
	}
	if h.Demuxer == "mov" {
		args = append(args, "-enable_drefs", "0", "-use_absolute_path", "0")
	}
	return append(args, "-i", "file:"+sandbox.InputPath)
}

// formats is the full name of a demuxer.
func formats(demuxer string) string {
	switch demuxer {
	case "mov":
		return "mov,mp4,m4a,3gp,3g2,mj2"
	case "matroska":
		return "matroska,webm"
	}
	return demuxer
}

// decoders are ffmpeg's names of those that may be used. Those of covers and
// subtitles are here because it does not even look at a file with another.
func decoders() []string {
	return []string{
		"h264", "hevc", "av1", "libdav1d", "libaom-av1", "vp8", "vp9", "libvpx", "libvpx-vp9", "theora",
		"mpeg4", "mpeg1video", "mpeg2video", "h263", "h263p", "msmpeg4", "msmpeg4v2", "msmpeg4v1", "wmv1", "wmv2", "mjpeg", "dvvideo", "prores", "rawvideo", "ffv1", "svq1", "svq3", "cinepak", "png",
		"aac", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "mp1", "mp1float", "ac3", "eac3", "opus", "libopus", "vorbis", "libvorbis", "flac", "alac", "amrnb", "amrwb", "libspeex", "speex",
		"pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw",
		"bmp", "gif", "webp", "mov_text", "subrip", "srt", "text", "ass", "ssa", "webvtt", "dvbsub", "dvdsub", "pgssub",
		"adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_yamaha", "wmav1", "wmav2", "qdm2", "mace3", "mace6",
	}
}

// check takes the first stream of pictures, which is not the cover of a record,
// and looks for sound.
func (t told) check() (found, error) {
	if len(t.Streams) > maxStreams {
		return found{}, fmt.Errorf("%w: too many streams", ErrBroken)
	}
	var f found
	seconds, _ := strconv.ParseFloat(t.Format.Duration, 64)
	if seconds > MaxDuration.Seconds() {
		return found{}, ErrTooLong
	}
	if seconds > 0 {
		f.duration = time.Duration(seconds * float64(time.Second))
	}
	for i := range t.Streams {
		switch s := t.Streams[i]; {
		case s.Type == "audio":
			f.sound = true
		case s.Type == "video" && s.Disposition.Picture == 0 && f.video == nil:
			v, err := t.video(i)
			if err != nil {
				return found{}, err
			}
			f.video = v
		}
	}
	if f.video == nil && !f.sound {
		return found{}, fmt.Errorf("%w: neither picture nor sound", ErrBroken)
	}
	return f, nil
}

// video reads how a stream's pictures are to be shown.
func (t told) video(i int) (*stream, error) {
	s := t.Streams[i]
	if s.Width <= 0 || s.Height <= 0 {
		return nil, fmt.Errorf("%w: pictures of no size", ErrBroken)
	}
	if s.Width > MaxSide || s.Height > MaxSide || s.Width*s.Height > MaxPixels {
		return nil, ErrTooManyPixels
	}
	v := &stream{
		index: s.Index, codec: s.Codec, profile: s.Profile, format: s.Format, transfer: s.Transfer, width: s.Width, height: s.Height,
		straight: s.Order == "progressive" || s.Order == "" || s.Order == "unknown", rate: fraction(s.Rate, "/"),
	}
	v.bits, _ = strconv.ParseInt(s.Bits, 10, 64)
	if aspect := fraction(s.Aspect, ":"); aspect > 0 && aspect != 1 {
		v.straight = false
		v.width = int(math.Round(float64(s.Width) * min(max(aspect, 0.1), 10)))
	}
	for _, side := range s.Side {
		turns := int(math.Round(side.Rotation/90)) & 3
		v.straight = v.straight && side.Rotation == 0
		if turns&1 == 1 {
			v.width, v.height = v.height, v.width
		}
	}
	return v, nil
}

// fraction is a number of two; 0 if it is none.
func fraction(text, by string) float64 {
	over, under, _ := strings.Cut(text, by)
	a, errA := strconv.ParseFloat(over, 64)
	b, errB := strconv.ParseFloat(under, 64)
	if errA != nil || errB != nil || b == 0 {
		return 0
	}
	return a / b
}

// refusal turns how a tool ended into what is wrong with the recording.
func refusal(result sandbox.Result, err error) error {
	switch {
	case errors.Is(err, sandbox.ErrFailed) && strings.Contains(string(result.Stderr), "No space left on device"):
		return errFull
	case errors.Is(err, sandbox.ErrTimeout), errors.Is(err, sandbox.ErrTooMuch):
		return fmt.Errorf("%w: %w", ErrTooHeavy, err)
	case errors.Is(err, sandbox.ErrFailed):
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return err
}
