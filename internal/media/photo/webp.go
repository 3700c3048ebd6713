package photo

import (
	"encoding/binary"
	"fmt"
)

// alphaFlag is the only flag a VP8X chunk of ours has (RFC 9649, 2.7.1).
const alphaFlag = 0x10

// chunk is one RIFF chunk; raw holds its head, its data and the padding byte.
type chunk struct {
	kind      string
	data, raw []byte
}

// splitWebP cuts a WebP into its chunks. The RIFF size must be the file's, and
// padding must be zero.
func splitWebP(data []byte) ([]chunk, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return nil, fmt.Errorf("%w: not a WebP", ErrMetadata)
	}
	if int64(binary.LittleEndian.Uint32(data[4:]))+8 != int64(len(data)) {
		return nil, fmt.Errorf("%w: the RIFF size is not the file's", ErrMetadata)
	}
	var chunks []chunk
	for rest := data[12:]; len(rest) > 0; {
		if len(rest) < 8 {
			return nil, fmt.Errorf("%w: bytes after the last chunk", ErrMetadata)
		}
		size := int64(binary.LittleEndian.Uint32(rest[4:]))
		whole := 8 + size + size%2
		if whole > int64(len(rest)) || size%2 == 1 && rest[whole-1] != 0 {
			return nil, fmt.Errorf("%w: chunk of %d bytes with a wrong end", ErrMetadata, size)
		}
		chunks = append(chunks, chunk{kind: string(rest[:4]), data: rest[8 : 8+size], raw: rest[:whole]})
		rest = rest[whole:]
	}
	return chunks, nil
}

// scrubWebP writes the container anew with the picture's chunks alone: libvips
// 8.14 writes an EXIF chunk in spite of `strip`. VP8X goes too unless there is
// transparency, and keeps no flag but that.
func scrubWebP(data []byte) ([]byte, error) {
	chunks, err := splitWebP(data)
	if err != nil {
		return nil, err
	}
	var extended, picture []byte
	alpha := false
	for _, c := range chunks {
		switch c.kind {
		case "VP8X":
			extended = c.raw
		case "ALPH":
			alpha = true
			picture = append(picture, c.raw...)
		case "VP8 ", "VP8L":
			picture = append(picture, c.raw...)
		}
	}
	clean := append([]byte("RIFF\x00\x00\x00\x00WEBP"), plainVP8X(extended, alpha)...)
	clean = append(clean, picture...)
	binary.LittleEndian.PutUint32(clean[4:], uint32(len(clean)-8))
	return clean, nil
}

// plainVP8X is raw with the alpha flag alone and its reserved bits zero; none
// where there is no ALPH chunk to announce (VP8L carries its own alpha).
func plainVP8X(raw []byte, alpha bool) []byte {
	if !alpha || len(raw) != 18 {
		return nil
	}
	plain := append([]byte(nil), raw...)
	copy(plain[8:12], []byte{alphaFlag, 0, 0, 0})
	return plain
}

// inspectWebP lets three shapes pass: VP8, VP8L, and VP8X with ALPH and VP8.
func inspectWebP(data []byte) error {
	chunks, err := splitWebP(data)
	if err != nil {
		return err
	}
	shape := ""
	for _, c := range chunks {
		shape += c.kind
	}
	switch shape {
	case "VP8 ", "VP8L":
		return nil
	case "VP8XALPHVP8 ":
		if d := chunks[0].data; len(d) == 10 && string(d[:4]) == string([]byte{alphaFlag, 0, 0, 0}) {
			return nil
		}
	}
	return fmt.Errorf("%w: %d chunks, not those of a bare picture", ErrMetadata, len(chunks))
}
