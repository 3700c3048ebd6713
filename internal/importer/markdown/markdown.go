// Package markdown brings in articles from a folder of Markdown files with YAML
// front matter, as Hugo, Jekyll and exports of WordPress have them.
package markdown

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/site"
)

// system is the name by which article_origin knows what came from here.
const system = "markdown"

// Importer brings files in. Running it again changes nothing, and one that was
// killed is carried on by the next run: each file comes in a transaction of its
// own, and is known by its url, or by its name where it has none.
type Importer struct {
	Pool     *pgxpool.Pool // the primary
	Site     site.Site
	Rank     article.Rank          // empty: other
	Progress func(done, total int) // may be nil
}

// Result is what became of the files.
type Result struct {
	Read     int       `json:"read"`
	Imported int       `json:"imported"`
	Known    int       `json:"known"`   // imported before
	Skipped  int       `json:"skipped"` // marked as drafts
	Failed   int       `json:"failed"`
	Failures []Failure `json:"failures"`
}

// Failure names a file that was not imported and says why, in a sentence.
type Failure struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

// Import reads every .md and .markdown file below dir, in the order of their
// names. A file at fault is noted and the others go on; an error is one that
// would meet every file: the folder, the database, a frozen site, an ended ctx.
func (i Importer) Import(ctx context.Context, dir string) (Result, error) {
	result := Result{Failures: []Failure{}}
	if err := i.Site.CheckOpen(); err != nil {
		return result, err
	}
	files, err := find(dir)
	if err != nil {
		return result, err
	}
	for n, file := range files {
		if i.Progress != nil {
			i.Progress(n, len(files))
		}
		result.Read++
		err := i.one(ctx, dir, file, &result)
		if fatal(ctx, err) {
			return result, err
		}
		if err != nil {
			result.Failed++
			result.Failures = append(result.Failures, Failure{File: file, Error: sentence(err)})
		}
	}
	if i.Progress != nil {
		i.Progress(len(files), len(files))
	}
	return result, nil
}

// fatal tells an error that would meet the next file too.
func fatal(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || fault.Is(err, fault.Busy) || fault.Is(err, fault.Denied))
}

// atFault is what is wrong with a file, as a sentence for whoever imports it.
type atFault string

func (f atFault) Error() string { return string(f) }

// sentence says why a file failed: its own fault in words, anything else by its
// kind only.
func sentence(err error) string {
	if own, ok := errors.AsType[atFault](err); ok {
		return string(own)
	}
	return fmt.Sprintf("it could not be written to the database (%s)", fault.KindOf(err))
}
