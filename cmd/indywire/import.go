package main

import (
	"context"
	"fmt"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/importer/markdown"
	"github.com/indywire/indywire/internal/site"
)

type importCommands struct {
	Markdown importMarkdown `cmd:"" help:"Bring in a folder of Markdown files with YAML front matter. What is there already stays as it is."`
}

type importMarkdown struct {
	Dir  string       `arg:"" help:"Folder of the files." type:"existingdir"`
	Site string       `required:"" help:"Short name of the site they go to." placeholder:"SLUG"`
	Rank article.Rank `help:"Rank of what is imported: other, local or global." enum:"other,local,global" default:"other"`
	JSON bool         `name:"json" help:"Write JSON."`
}

// Run implements the command.
func (c importMarkdown) Run(ctx context.Context, p *program) error {
	return p.withDatabase(ctx, func(d *database) error {
		st, err := site.BySlug(ctx, d.Primary, c.Site)
		if err != nil {
			return noSuchSite(c.Site, err)
		}
		if st.CheckOpen() != nil {
			return failure(c.Site + " is frozen: thaw it first, with indywire site thaw " + c.Site)
		}
		importer := markdown.Importer{Pool: d.Primary, Site: st, Rank: c.Rank, Progress: p.progress("importing")}
		result, err := importer.Import(ctx, c.Dir)
		if err != nil {
			return err
		}
		return p.sayImported(result, c.JSON)
	})
}

// sayImported writes the result; a file that failed makes the command fail.
func (p *program) sayImported(r markdown.Result, asJSON bool) error {
	if asJSON {
		if err := p.printJSON(r); err != nil {
			return err
		}
	} else {
		if err := p.say("%d read, %d imported, %d known from before, %d drafts left out, %d failed", r.Read, r.Imported, r.Known, r.Skipped, r.Failed); err != nil {
			return err
		}
		for _, f := range r.Failures {
			if err := p.say("%s: %s", f.File, f.Error); err != nil {
				return err
			}
		}
	}
	if r.Failed > 0 {
		return failure(fmt.Sprintf("%d of %d files were not imported: mend those that are named and run the command again", r.Failed, r.Read))
	}
	return nil
}

// progress draws a bar on standard error while that is a terminal; nil where
// nobody would see it.
func (p *program) progress(doing string) func(done, total int) {
	terminal, ok := p.errs.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(terminal), progressbar.OptionSetDescription(doing),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
	}
}
