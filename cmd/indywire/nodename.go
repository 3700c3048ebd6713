package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// nodeName is what may stand in X-Served-By and in a list.
var nodeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// node gives the name of this node: --node, or a random one that is made at the
// first start and kept. It is never the host name, for it is public.
func (c serve) node(data string) (string, error) {
	if c.Node != "" {
		if !nodeName.MatchString(c.Node) {
			return "", wrongUsage("--node: use letters, digits, dots and hyphens, at most 63 of them")
		}
		return c.Node, nil
	}
	path := filepath.Join(data, "node")
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return keepNewName(path)
	}
	if err != nil {
		return "", fmt.Errorf("read the node's name: %w", err)
	}
	name := strings.TrimSpace(string(kept))
	if !nodeName.MatchString(name) {
		return "", failure(path + " holds no name of a node: delete it, and the next start makes another")
	}
	return name, nil
}

func keepNewName(path string) (string, error) {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	name := "node-" + hex.EncodeToString(random[:])
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil {
		return "", fmt.Errorf("keep the node's name: %w", err)
	}
	if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the node's name: %w", err)
	}
	return name, nil
}
