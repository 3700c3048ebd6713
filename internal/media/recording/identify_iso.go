package recording

import (
	"encoding/binary"
	"errors"
	"slices"
)

// maxBoxes bounds how many boxes of one level are looked at.
const maxBoxes = 64

// isISO tells an ISO base media file by its first box; those of old cameras have
// no ftyp.
func isISO(head string) bool {
	if len(head) < 12 {
		return false
	}
	switch head[4:8] {
	case "ftyp":
		return isFilm(head)
	case "moov", "mdat", "wide", "free", "skip", "pnot":
		size := binary.BigEndian.Uint32([]byte(head[:4]))
		return size == 1 || size >= 8
	}
	return false
}

// filmBrands are brands of ftyp (mp4ra.org); those of pictures are not among
// them.
func filmBrands() []string {
	return []string{
		"isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "avc1", "mmp4", "dash", "MSNV",
		"M4V ", "M4VP", "M4VH", "M4A ", "M4B ", "F4V ", "XAVC", "qt  ",
	}
}

// isFilm tells by the first brand, or any other that is here, whether a file is a
// film; a picture in the same container says so by its first.
func isFilm(head string) bool {
	if is3GP(head[8:12]) {
		return true
	}
	if slices.Contains([]string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"}, head[8:12]) {
		return false
	}
	for at := 8; at+4 <= len(head); at += 4 {
		if at != 12 && slices.Contains(filmBrands(), head[at:at+4]) {
			return true
		}
	}
	return false
}

func is3GP(brand string) bool { return brand[:3] == "3gp" || brand[:3] == "3g2" }

// isoHeader names the file by its brand, and looks for a track of pictures.
func isoHeader(f file, head string) (Header, error) {
	brand := ""
	if head[4:8] == "ftyp" {
		brand = head[8:12]
	} else {
		brand = "qt  "
	}
	sound, err := onlySound(f)
	switch {
	case err != nil:
		return Header{}, err
	case brand == "M4A " || brand == "M4B " || sound:
		return Header{Audio, "audio/mp4", "mov"}, nil
	case brand == "qt  ":
		return Header{Video, "video/quicktime", "mov"}, nil
	case is3GP(brand):
		return Header{Video, "video/3gpp", "mov"}, nil
	}
	return Header{Video, "video/mp4", "mov"}, nil
}

// onlySound tells that a file has tracks and none of them of pictures. Where the
// tracks are not here yet, it may have both.
func onlySound(f file) (bool, error) {
	moov, found, err := f.box(span{0, f.size}, "moov")
	if err != nil || !found {
		return false, err
	}
	sound := false
	err = f.boxes(moov, func(kind string, body span) error {
		if kind != "trak" {
			return nil
		}
		handler, err := f.handler(body)
		sound = sound || handler == "soun"
		if handler == "vide" {
			return errPictures
		}
		return err
	})
	if errors.Is(err, errPictures) {
		return false, nil
	}
	return sound, err
}

// handler is what kind of track a trak is.
func (f file) handler(trak span) (string, error) {
	mdia, found, err := f.box(trak, "mdia")
	if err != nil || !found {
		return "", err
	}
	hdlr, found, err := f.box(mdia, "hdlr")
	if err != nil || !found {
		return "", err
	}
	b, err := f.at(hdlr.from, 12)
	if err != nil || len(b) < 12 {
		return "", err
	}
	return string(b[8:12]), nil
}
