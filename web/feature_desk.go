package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/feature"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/web/form"
)

// FeatureDeskPage is where editors place features: those on the front page in
// their order, and below them all others, newest first.
type FeatureDeskPage struct {
	Page
	Placed []DeskFeature
	Others []DeskFeature
	Next   string // path of the older page
	First  bool   // this is the newest page
	Full   bool   // the front page takes no more
	Most   int    // features on it
	Frozen bool
	Done   Done
	Refused
}

// DeskFeature is a feature in the editors' list.
type DeskFeature struct {
	FeatureItem
	ID       feature.ID
	Version  int64
	Place    int    // on the front page; 0: none
	Numeral  string // the place, as the language writes it
	Up, Down int    // where a step leads; 0: nowhere
	Last     int    // the place at the end, for what is not placed
	Thumb    *ReceiptFile
}

// Refused says of an act that was not done what was wanted, and what stands.
type Refused struct {
	Notice string // why it was not done
	Wanted string
	Stands string
}

func featureDeskPath(id feature.ID) string { return fmt.Sprintf("/newsroom/features/%d", id) }

// listedFeaturePath is the list, at the feature.
func listedFeaturePath(id feature.ID) string { return fmt.Sprintf("/newsroom/features#feature-%d", id) }

// movedFeaturePath is the list likewise, which tells where it stands now and
// leads back to where it stood.
func movedFeaturePath(id feature.ID, was int) string {
	return fmt.Sprintf("/newsroom/features?moved=%d&was=%d#feature-%[1]d", id, was)
}

// featureDone says where a feature stands after it was moved, and offers to undo
// that.
func (s *Server) featureDone(r *http.Request, p Page) (Done, error) {
	query, st := r.URL.Query(), siteFor(r)
	id, noID := strconv.ParseInt(query.Get("moved"), 10, 64)
	if noID != nil || r.Method != http.MethodGet {
		return Done{}, nil //nolint:nilerr // without a number, nothing was moved
	}
	f, err := feature.ByID(r.Context(), s.Pools.Newest(), st.ID, feature.ID(id))
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return Done{}, nil
	}
	done := Done{L: p.L, Title: f.Title, Lang: f.Language, Text: stands(p, f), Undo: Undo{Version: f.Version}}
	was, noNumber := strconv.Atoi(query.Get("was"))
	switch {
	case noNumber != nil || was == f.Place() || st.CheckOpen() != nil:
	case was == 0:
		done.Undo.Action = featureDeskPath(f.ID) + "/unplace"
	default:
		done.Undo.Action, done.Undo.Position = featureDeskPath(f.ID)+"/place", was
	}
	return done, err
}

func (s *Server) featureDesk(w http.ResponseWriter, r *http.Request) error {
	return s.showFeatureDesk(w, r, http.StatusOK, Refused{})
}

func (s *Server) showFeatureDesk(w http.ResponseWriter, r *http.Request, status int, refused Refused) error {
	st := siteFor(r)
	before, err := cursor(r.URL.Query())
	if err != nil {
		return err
	}
	p := FeatureDeskPage{Page: s.page(r, ""), First: before.IsZero(), Most: feature.MaxPlaced, Frozen: st.CheckOpen() != nil, Refused: refused}
	p.Title, p.NoIndex, p.Section, p.MainClass = p.T("features.title"), true, "/newsroom/features", "plain wide"
	placed, err := feature.Placed(r.Context(), s.Pools.Newest(), st.ID)
	if err != nil {
		return err
	}
	others, err := feature.ListUnplaced(r.Context(), s.Pools.Newest(), st.ID, before)
	if err != nil {
		return err
	}
	if p.Done, err = s.featureDone(r, p.Page); err != nil {
		return err
	}
	p.Full = len(placed) >= feature.MaxPlaced
	if p.Placed, err = s.deskFeatures(r.Context(), p.Page, placed, len(placed)); err != nil {
		return err
	}
	if p.Others, err = s.deskFeatures(r.Context(), p.Page, others.Items, len(placed)); err != nil {
		return err
	}
	if others.Next != "" {
		p.Next = "/newsroom/features?before=" + others.Next
	}
	return s.render(w, status, "feature/desk", p)
}

// deskFeatures are features with the steps that they can take on a front page
// that has so many.
func (s *Server) deskFeatures(ctx context.Context, p Page, items []feature.Item, placed int) ([]DeskFeature, error) {
	thumbs, err := s.thumbs(ctx, p, items)
	if err != nil {
		return nil, err
	}
	list := make([]DeskFeature, 0, len(items))
	for _, i := range items {
		f := DeskFeature{FeatureItem: featureItem(p, i), ID: i.ID, Version: i.Version, Last: placed + 1}
		if i.Picture != nil {
			f.Thumb = thumbs[*i.Picture]
		}
		if i.Position != nil {
			f.Place, f.Up, f.Numeral = *i.Position, *i.Position-1, p.L.Number(*i.Position)
			if f.Place < placed {
				f.Down = f.Place + 1
			}
		}
		list = append(list, f)
	}
	return list, nil
}

// thumbs are small forms of the pictures of features.
func (s *Server) thumbs(ctx context.Context, p Page, items []feature.Item) (map[media.ID]*ReceiptFile, error) {
	var ids []media.ID
	for _, i := range items {
		if i.Picture != nil {
			ids = append(ids, *i.Picture)
		}
	}
	files, err := media.ByIDs(ctx, s.Pools.Newest(), ids)
	found := map[media.ID]*ReceiptFile{}
	for _, m := range files {
		f := receiptFile(p, m)
		found[m.ID] = &f
	}
	return found, err
}

func (s *Server) placeFeature(w http.ResponseWriter, r *http.Request) error {
	return s.actOnFeature(w, r, func(act feature.Act, v form.Values) (string, error) {
		place, err := strconv.Atoi(v.Get("position"))
		if err != nil {
			place = 0 // what is no number is no place
		}
		return "feature_desk.wanted_place", feature.Place(r.Context(), s.Pools.Primary, act, place)
	})
}

func (s *Server) unplaceFeature(w http.ResponseWriter, r *http.Request) error {
	return s.actOnFeature(w, r, func(act feature.Act, _ form.Values) (string, error) {
		return "feature_desk.wanted_off", feature.Unplace(r.Context(), s.Pools.Primary, act)
	})
}

// actOnFeature does what a button of the list asks for. The answer to what
// cannot be done is the list as it stands now, beside what was wanted.
func (s *Server) actOnFeature(w http.ResponseWriter, r *http.Request, do func(feature.Act, form.Values) (wanted string, err error)) error {
	act, v, err := s.featureAct(w, r)
	if err != nil {
		return err
	}
	had, err := feature.ByID(r.Context(), s.Pools.Newest(), act.Site.ID, act.ID)
	if err != nil {
		return err
	}
	wanted, err := do(act, v)
	switch kind := fault.KindOf(err); kind {
	case "":
		http.Redirect(w, r, movedFeaturePath(act.ID, had.Place()), http.StatusSeeOther)
		return nil
	case fault.Invalid, fault.Conflict, fault.Denied:
		f, found := feature.ByID(r.Context(), s.Pools.Newest(), act.Site.ID, act.ID)
		if found != nil {
			return found
		}
		p := s.page(r, "")
		var place any = v.Get("position")
		if n, err := strconv.Atoi(v.Get("position")); err == nil { // written as the language does
			place = n
		}
		// i18n: feature_desk.wanted_place feature_desk.wanted_off
		refused := Refused{Notice: actFault(p, err), Wanted: p.T(wanted, "Title", f.Title, "Place", place), Stands: stands(p, f)}
		return s.showFeatureDesk(w, r, statusOf(kind), refused)
	}
	return err
}

// featureAct reads what every act on a feature has.
func (s *Server) featureAct(w http.ResponseWriter, r *http.Request) (feature.Act, form.Values, error) {
	id, err := idParam(r, "id")
	if err != nil {
		return feature.Act{}, form.Values{}, err
	}
	v, err := readText(w, r)
	version, _ := strconv.ParseInt(v.Get("version"), 10, 64) // what is no number asks for no check
	return feature.Act{Site: siteFor(r), ID: feature.ID(id), By: viewerOf(r).Actor(), Version: version}, v, err
}

// actFault says in a sentence why an act was not done.
func actFault(p Page, err error) string {
	if fault.Is(err, fault.Denied) {
		return p.T("feature_desk.frozen")
	}
	for _, f := range fault.Fields(err) {
		return p.L.Field(f)
	}
	return faultNotice(p, err)
}

// stands says where a feature stands.
func stands(p Page, f feature.Feature) string {
	if f.Place() == 0 {
		return p.T("feature_desk.stands_nowhere")
	}
	return p.T("feature_desk.stands", "Place", f.Place())
}

// DiscardFeaturePage asks once more before a feature is deleted.
type DiscardFeaturePage struct {
	Page
	Heading string
	Feature feature.Feature
	Notice  string
	Stands  string
}

func (s *Server) askDiscard(w http.ResponseWriter, r *http.Request) error {
	id, err := idParam(r, "id")
	if err != nil {
		return err
	}
	return s.showDiscard(w, r, http.StatusOK, feature.ID(id), nil)
}

func (s *Server) showDiscard(w http.ResponseWriter, r *http.Request, status int, id feature.ID, cause error) error {
	f, err := feature.ByID(r.Context(), s.Pools.Newest(), siteFor(r).ID, id)
	if err != nil {
		return err
	}
	p := DiscardFeaturePage{Page: s.page(r, ""), Heading: f.Title, Feature: f}
	p.Title, p.NoIndex, p.Section, p.Stands = p.T("feature_discard.title"), true, "/newsroom/features", stands(p.Page, f)
	if cause != nil {
		p.Notice = actFault(p.Page, cause)
	}
	return s.render(w, status, "feature/discard", p)
}

func (s *Server) discardFeature(w http.ResponseWriter, r *http.Request) error {
	act, _, err := s.featureAct(w, r)
	if err != nil {
		return err
	}
	err = feature.Discard(r.Context(), s.Pools.Primary, s.Queue, act)
	switch kind := fault.KindOf(err); kind {
	case fault.Conflict, fault.Denied:
		return s.showDiscard(w, r, statusOf(kind), act.ID, err)
	case "":
		http.Redirect(w, r, "/newsroom/features", http.StatusSeeOther)
	}
	return err
}
