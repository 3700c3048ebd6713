// Package rendition says what the rooms that clean files hand over: a form of
// the file that readers may be served.
package rendition

// File is one form that was made of somebody's file, clean, in a folder of this
// server. Name is the last segment of its address:
//
//	a photo:      960.jpg 960.webp ...           (width in pixels)
//	a video:      720p.mp4 480p.mp4 ...          (height class), poster-960.jpg poster-960.webp ...
//	a recording:  sound.opus sound.mp3
//	a document:   document.pdf
//	captions:     captions.vtt
type File struct {
	Name          string
	Path          string // where it lies
	Type          string // MIME
	Width, Height int    // pixels; 0 for what is only heard or read
	Bytes         int64
}
