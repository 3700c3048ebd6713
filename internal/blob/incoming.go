package blob

import (
	"context"
	"encoding/json"
	"errors"
	"os"
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
	return folder{store}
}

// folder is tusd's store of files, in a folder that may be moved, or that each node
// knows by another path.
type folder struct{ filestore.FileStore }

// NewUpload implements handler.DataStore. What tusd notes has the path that the
// folder has now, and that path would be gone by; without it there is the id.
func (f folder) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	u, err := f.FileStore.NewUpload(ctx, info)
	if err != nil {
		return nil, err
	}
	if info, err = u.GetInfo(ctx); err != nil {
		return nil, err
	}
	info.Storage = nil
	note, err := json.Marshal(info)
	if err != nil {
		return nil, err
	}
	return u, os.WriteFile(filepath.Join(f.Path, info.ID+noteSuffix), note, f.FileModePerm)
}

// GetUpload implements handler.DataStore. An upload whose note did not get to the
// disk, for a server may lose its power, is one that is not there.
func (f folder) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	u, err := f.FileStore.GetUpload(ctx, id)
	if _, torn := errors.AsType[*json.SyntaxError](err); torn {
		return nil, handler.ErrNotFound
	}
	return u, err
}
