// Package templates holds the pages: a layout, the parts they share, and one
// file a page under pages/<noun>/.
package templates

import "embed"

// Files are all templates, compiled into the binary.
//
//go:embed layout.html shared pages
var Files embed.FS
