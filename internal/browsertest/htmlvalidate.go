package browsertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Mistake is one that html-validate found in a page.
type Mistake struct {
	Page         string // its name, as given
	Line, Column int    // from 1
	Rule         string
	Message      string
}

// String names the place first, as compilers do.
func (m Mistake) String() string {
	return fmt.Sprintf("%s:%d:%d: %s (%s)", m.Page, m.Line, m.Column, m.Message, m.Rule)
}

// HTMLValidate has whole pages judged by html-validate, all in one process: pages holds their mark-up by name. The rules
// stand in scripts/htmlvalidate.json. An empty answer is a good one.
func HTMLValidate(t testing.TB, pages map[string]string) []Mistake {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(pages)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", filepath.Join(root, "scripts", "htmlvalidate.mjs"))
	command.Dir, command.Stdin = root, bytes.NewReader(input)
	output, err := command.Output()
	if err != nil {
		t.Fatalf("html-validate: %v\n%s", err, stderr(err))
	}
	var mistakes []Mistake
	if err := json.Unmarshal(output, &mistakes); err != nil {
		t.Fatalf("html-validate answered %q: %v", output, err)
	}
	return mistakes
}

func stderr(err error) []byte {
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return failed.Stderr
	}
	return nil
}

// moduleRoot is the nearest folder above the test's with a go.mod, where npm put its modules.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("there is no go.mod above the test's folder")
		}
		folder = above
	}
}
