//go:build linux

package drill

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// part is how many bytes go with a request.
const part = 1 << 20

// upload is a film that somebody sends, each part through the next node.
type upload struct {
	service *Service
	visitor *visitor
	size    int64
	record  *record

	hurry  atomic.Bool // events are over: no more pauses
	mu     sync.Mutex
	at     string // its address
	offset int64  // what was acknowledged
	went   string // what went wrong for good
}

func (u *upload) run(ctx context.Context) {
	for n := 0; ctx.Err() == nil && !u.over(); n++ {
		begun := time.Now()
		err := u.step(ctx, n)
		if err != nil && ctx.Err() == nil {
			u.record.add(sentAgain, begun, "upload: "+inShort(err)) // the page's script goes on by itself
			pause(ctx, time.Second)
		}
		if !u.hurry.Load() {
			pause(ctx, time.Second)
		}
	}
}

// over tells whether all bytes are acknowledged, or there is no way to go on.
func (u *upload) over() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.went != "" || u.at != "" && u.offset == u.size
}

func (u *upload) step(ctx context.Context, n int) error {
	if u.at == "" {
		return u.create(ctx, n)
	}
	header := u.header()
	header["Upload-Offset"], header["Content-Type"] = strconv.FormatInt(u.offset, 10), "application/offset+octet-stream"
	body := film(u.size, u.offset, min(part, u.size-u.offset))
	got, err := u.visitor.send(ctx, n, request{what: "upload", method: http.MethodPatch, path: u.at, header: header, body: string(body)})
	if err == nil && got.status == http.StatusNoContent {
		return u.acknowledged(got)
	}
	if err == nil {
		err = status(got.status)
	}
	u.look(ctx, n+1)
	return err
}

func (u *upload) header() map[string]string { return map[string]string{"Tus-Resumable": "1.0.0"} }

func (u *upload) create(ctx context.Context, n int) error {
	ticket, err := u.visitor.ticket(ctx, n)
	if err != nil {
		return err
	}
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	header := u.header()
	header["Upload-Length"] = strconv.FormatInt(u.size, 10)
	header["Upload-Metadata"] = "ticket " + encode(ticket) + ",filename " + encode("film.mp4") + ",filetype " + encode("video/mp4")
	got, err := u.visitor.send(ctx, n, request{what: "upload", method: http.MethodPost, path: "/uploads/", header: header})
	if err != nil {
		return err
	}
	if got.status != http.StatusCreated {
		return status(got.status)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at = "/uploads/" + path.Base(got.header.Get("Location"))
	return nil
}

// acknowledged takes an offset that a node has named. One behind what was acknowledged before is a loss.
func (u *upload) acknowledged(got reply) error {
	offset, err := strconv.ParseInt(got.header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		return errors.New("no offset")
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if offset < u.offset {
		u.went = fmt.Sprintf("acknowledged bytes are lost: %d of %d", u.offset-offset, u.offset)
	}
	u.offset = offset
	return nil
}

// look asks another node where to go on after a failure. Where that fails too, what failed first says more.
func (u *upload) look(ctx context.Context, n int) {
	got, err := u.visitor.send(ctx, n, request{what: "upload", method: http.MethodHead, path: u.at, header: u.header()})
	switch {
	case err != nil:
	case got.status == http.StatusOK:
		_ = u.acknowledged(got) // an answer without an offset says nothing
	case got.status == http.StatusNotFound || got.status == http.StatusGone:
		u.mu.Lock()
		defer u.mu.Unlock()
		u.went = fmt.Sprintf("the upload is gone: %v at %d bytes", status(got.status), u.offset)
	}
}

// finish sends what is left, and compares what is stored with what was sent.
func (u *upload) finish(ctx context.Context) error {
	u.hurry.Store(true)
	err := eventually(ctx, 5*time.Minute, func(context.Context) error {
		if !u.over() {
			return errors.New("the upload does not end")
		}
		return nil
	})
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.went != "":
		return errors.New(u.went)
	case err != nil:
		return fmt.Errorf("%w: %d of %d bytes are acknowledged", err, u.offset, u.size)
	}
	return u.compare()
}

func (u *upload) compare() error {
	f, err := os.Open(u.service.stored(path.Base(u.at)))
	if err != nil {
		return errors.New("what was sent is not in the store") // the path would name the upload
	}
	defer f.Close()
	stored, sent := sha256.New(), sha256.New()
	size, err := io.Copy(stored, f)
	if err != nil {
		return err
	}
	for offset := int64(0); offset < u.size; offset += part {
		sent.Write(film(u.size, offset, min(part, u.size-offset)))
	}
	if string(stored.Sum(nil)) != string(sent.Sum(nil)) {
		return fmt.Errorf("%d bytes are stored with another sum than the %d that were sent", size, u.size)
	}
	return nil
}

// film is a stretch of what looks like a film, each of whose bytes depends on its place: parts that are doubled or change
// places are seen.
func film(size, from, length int64) []byte {
	head := append([]byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"), binary.BigEndian.AppendUint32(nil, uint32(size-24))...)
	head = append(head, "mdat"...)
	b := make([]byte, length)
	for i := range b {
		at := from + int64(i)
		if at < int64(len(head)) {
			b[i] = head[at]
			continue
		}
		b[i] = byte(uint64(at) * 0x9E3779B97F4A7C15 >> 56)
	}
	return b
}
