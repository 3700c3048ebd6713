package blob

import (
	"path/filepath"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
)

// Incoming is where the bytes of uploads go, part by part, in the shape that
// tusd's handler works with. Ids are the caller's: 128 random bits in hex.
type Incoming interface {
	handler.DataStore
	handler.TerminaterDataStore
	handler.LengthDeferrerDataStore
}

// Incoming gives the store of uploads. In a folder an upload's bytes lie where
// UploadPath says, and what tusd notes about it beside them; a bucket gives an
// upload a longer name, which is what the Store's methods take as its key.
func (s *Store) Incoming() Incoming {
	if s.remote != nil {
		return newMultipart(s.remote.bucket, filepath.Join(s.dir, "uploads"))
	}
	store := filestore.New(filepath.Join(s.dir, "uploads"))
	store.DirModePerm, store.FileModePerm = 0o700, 0o600
	return store
}
