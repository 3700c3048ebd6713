package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/indywire/indywire/internal/account"
	"github.com/indywire/indywire/internal/article"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/media"
	"github.com/indywire/indywire/internal/media/tus"
	"github.com/indywire/indywire/web/middleware"
)

// uploads are the addresses of the resumable upload protocol. An upload's own is
// its sender's secret: nothing is ever read back from it.
func (s *Server) uploads(t *table) {
	for _, method := range []string{http.MethodOptions, http.MethodPost} {
		t.add(method, account.Publish, tus.Base, s.createUpload)
	}
	for _, method := range []string{http.MethodOptions, http.MethodHead, http.MethodPatch, http.MethodDelete, http.MethodPost} {
		t.add(method, account.Publish, tus.Base+"{upload}", s.continueUpload)
	}
}

// createUpload begins an upload. Who may not, and what is too large or of a kind
// that nobody takes, is told before the first byte.
func (s *Server) createUpload(w http.ResponseWriter, r *http.Request) error {
	claim := s.claim(r)
	if r.Method == http.MethodPost && r.Header.Get("Tus-Resumable") == tus.Version {
		if err := s.admit(r, claim); err != nil {
			s.refuseUpload(w, r, claim, err)
			return nil
		}
	}
	return s.serveUpload(w, r, claim, "")
}

// continueUpload is all that is done with an upload that has begun.
func (s *Server) continueUpload(w http.ResponseWriter, r *http.Request) error {
	claim, id := s.claim(r), chi.URLParam(r, "upload")
	err := siteFor(r).CheckOpen()
	if err == nil && !media.UploadID(id).Valid() {
		err = fault.New(fault.NotFound, "upload")
	}
	if err != nil && r.Method != http.MethodOptions {
		s.refuseUpload(w, r, claim, err)
		return nil
	}
	return s.serveUpload(w, r, claim, id)
}

// serveUpload hands a request to the protocol, with the upload's id for a path.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request, claim *tus.Claim, id string) error {
	if carriesBytes(r) {
		if err := s.Uploads.Pace.Enter(); err != nil {
			s.refuseUpload(w, r, claim, err)
			return nil
		}
		defer s.Uploads.Pace.Leave()
	}
	r = r.Clone(r.Context())
	r.URL = &url.URL{Path: id}
	s.Uploads.ServeHTTP(w, r, claim)
	return nil
}

func carriesBytes(r *http.Request) bool {
	return r.Header.Get("Content-Type") == "application/offset+octet-stream"
}

func (s *Server) claim(r *http.Request) *tus.Claim {
	return &tus.Claim{Site: siteFor(r).ID, Limits: media.LimitsOf(siteFor(r)), Say: func(err error) (int, string) { return s.sayUpload(r, err) }}
}

// admit checks the ticket, the size and the kind of a new upload.
func (s *Server) admit(r *http.Request, claim *tus.Claim) error {
	st := siteFor(r)
	if err := st.CheckOpen(); err != nil {
		return err
	}
	said := tus.Metadata(r)
	t, err := s.Key.Parse(st.ID, s.Now(), said["ticket"])
	if err != nil {
		return uploadTicketFault(err)
	}
	claim.TicketHash, claim.Name = t.Hash(), said["filename"]
	kind, taken := media.Declared(said["filetype"], said["filename"])
	if !taken {
		return &fault.Error{Kind: fault.Unsupported, Message: "kind of file", Fields: []fault.Field{{Name: "file", Message: media.FailureUnknown}}}
	}
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil {
		size = 0 // deferred, or the protocol says what is wrong with it
	}
	if most := claim.Limits.Of(kind); size > most {
		return &fault.Error{Kind: fault.TooLarge, Message: "size of a file", Fields: []fault.Field{{
			Name: "file", Message: "error.file_too_large", Args: map[string]any{"Max": s.localizer(st).Bytes(most)},
		}}}
	}
	claim.Kind = kind
	return nil
}

func uploadTicketFault(err error) error {
	key := "error.upload_ticket"
	if err == article.ErrTicketExpired { //nolint:errorlint // Parse answers with it itself
		key = "error.upload_ticket_expired"
	}
	return &fault.Error{Kind: fault.Denied, Message: "ticket of an upload", Fields: []fault.Field{{Name: "ticket", Message: key}}}
}

// sayUpload is what an upload's failure is answered with: a status, and a
// sentence that a script can show as it is.
func (s *Server) sayUpload(r *http.Request, err error) (status int, text string) {
	status = statusOf(fault.KindOf(err))
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	if status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.logFailure(r, err)
	}
	p := s.page(r, "")
	if fields := fault.Fields(err); len(fields) > 0 {
		return status, p.L.Field(fields[0])
	}
	title, sentence := sentence(p, err)
	return status, title + ". " + sentence
}

// refuseUpload answers in the manner of the protocol what it is not asked for.
func (s *Server) refuseUpload(w http.ResponseWriter, r *http.Request, claim *tus.Claim, err error) {
	status, text := claim.Say(err)
	h := w.Header()
	h.Set("Tus-Resumable", tus.Version)
	h.Set("Content-Type", "text/plain; charset=utf-8")
	if status == http.StatusServiceUnavailable || status == http.StatusInsufficientStorage {
		h.Set("Retry-After", retryAfter)
	}
	middleware.NoStore(w)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = strings.NewReader(text + "\n").WriteTo(w) // the sender may have gone
	}
}
