package media

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/jobs"
	"github.com/indywire/indywire/internal/site"
)

// Attach makes the chosen uploads of a ticket files of a post, in their order,
// and enqueues their cleaning, all in the post's transaction. A refused upload
// becomes a failed file, so that the receipt can name it, and one whose bytes are
// still coming a file that is Arriving. fault.Invalid where
// an upload is unknown, of another ticket, or taken already, and where the post
// would have more than the site takes. The caller holds a post locked that has files
// already.
func Attach(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.Site, ticketHash []byte, owner Owner, chosen []Chosen) error {
	present, first, err := filesOf(ctx, tx, owner)
	if err != nil {
		return err
	}
	if most := LimitsOf(st).Files; present+len(chosen) > most {
		return fault.InvalidFields(tooMany(most))
	}
	for i, c := range chosen {
		if _, err := attachOne(ctx, tx, queue, st.ID, ticketHash, owner, first+i, c); err != nil {
			return err
		}
	}
	return nil
}

// Describe says of a file of a site what it shows.
func Describe(ctx context.Context, tx pgx.Tx, st site.ID, id ID, alt string) error {
	return setAlt(ctx, tx, st, id, alt)
}

// AttachPicture makes an upload the picture of a post that has one only. The
// errors are those of Attach; a refused upload, which a picture would never show,
// is fault.Invalid too, with what was wrong with it, and so is what is no picture.
func AttachPicture(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.ID, ticketHash []byte, owner Owner, c Chosen) (ID, error) {
	_, position, err := filesOf(ctx, tx, owner)
	if err != nil {
		return "", err
	}
	m, err := attachOne(ctx, tx, queue, st, ticketHash, owner, position, c)
	switch {
	case err != nil:
	case m.State == Failed:
		err = fault.InvalidFields(fault.Field{Name: "file", Message: m.Failure})
	case m.Kind != Image:
		err = noPicture()
	}
	return m.ID, err
}

func attachOne(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, st site.ID, ticketHash []byte, owner Owner, position int, c Chosen) (Media, error) {
	return attachAs(ctx, tx, queue, ID(randomID()), st, ticketHash, owner, position, c)
}

// attachAs makes an upload a file of the given id.
func attachAs(ctx context.Context, tx pgx.Tx, queue jobs.Inserter, id ID, st site.ID, ticketHash []byte, owner Owner, position int, c Chosen) (Media, error) {
	u, err := lockUpload(ctx, tx, st, ticketHash, c.ID)
	if err != nil {
		return Media{}, unknownUpload(err)
	}
	m := Media{ID: id, SiteID: st, Kind: u.kind(), Name: u.Name, Alt: c.Alt, State: Waiting, Failure: u.Failure}
	switch {
	case u.Expired:
		return Media{}, unknownUpload(fault.New(fault.NotFound, "upload"))
	case u.State == Refused:
		m.State = Failed
	case u.State == Receiving:
		m.State = Arriving
	}
	if err := insertMedia(ctx, tx, m, owner, position, u); err != nil {
		return Media{}, err
	}
	if m.State == Arriving {
		return m, setAwaited(ctx, tx, u.ID, m.ID)
	}
	if err := deleteUpload(ctx, tx, u.ID); err != nil || m.State == Failed {
		return m, err
	}
	return m, enqueue(ctx, tx, queue, m)
}

// kind is what the upload's bytes say that it is, and before they are here its sender.
func (u Upload) kind() Kind {
	if u.Type == "" && u.Declared != "" {
		return u.Declared
	}
	return kindOf(u.Type)
}

func noPicture() error {
	return fault.InvalidFields(fault.Field{Name: "file", Message: "file.no_picture"})
}

func unknownUpload(err error) error {
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidFields(fault.Field{Name: "file", Message: "error.upload_unknown"})
	}
	return err
}
