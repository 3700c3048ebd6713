package markdown

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// MaxFile bounds a file, in bytes.
const MaxFile = 2 << 20

// find lists the files below dir by their paths relative to it. Folders that
// begin with a dot are left out, and so is Hugo's _index.md, which describes a
// list and is no article.
func find(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != dir && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		ext := strings.ToLower(filepath.Ext(name))
		if (ext != ".md" && ext != ".markdown") || name == "_index.md" || strings.HasPrefix(name, ".") {
			return nil
		}
		relative, err := filepath.Rel(dir, path)
		files = append(files, filepath.ToSlash(relative))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	return files, nil
}

// read gives what a file holds.
func read(dir, file string) (string, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil {
		return "", atFault("it cannot be opened: check that it may be read")
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", atFault("it is no regular file")
	}
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return "", atFault("it cannot be read to its end")
	}
	if len(text) > MaxFile {
		return "", atFault("it is larger than 2 MB")
	}
	return string(text), nil
}
