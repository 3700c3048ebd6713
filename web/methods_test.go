package web_test

import (
	"net/http"
	"testing"
)

func TestMethodsAreNamed(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, false)
	for path, want := range map[string]string{
		"/": "GET, HEAD", "/publish": "GET, HEAD, POST", "/receipts/x%2fy": "GET, HEAD, POST", "/articles/1/comments": "GET, HEAD, POST",
	} {
		for _, method := range []string{http.MethodPut, http.MethodOptions, "FOO"} {
			if got := n.do(method, ptHost, path, "", nil).want(t, http.StatusMethodNotAllowed).Header.Get("Allow"); got != want {
				t.Errorf("%s %s allows %q, want %q", method, path, got, want)
			}
		}
	}
	if got := n.do(http.MethodPost, portalHost, "/", "", nil).want(t, http.StatusMethodNotAllowed).Header.Get("Allow"); got != "GET, HEAD" {
		t.Errorf("the portal allows %q", got)
	}
	for _, method := range []string{http.MethodPut, "FOO"} {
		n.do(method, ptHost, "/nowhere", "", nil).want(t, http.StatusNotFound)
	}
}
