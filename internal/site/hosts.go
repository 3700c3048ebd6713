package site

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// HostsSeal stands for a site's hosts in a form.
func HostsSeal(hosts []string) Seal { return SealOf(append([]string{"hosts"}, hosts...)) }

// cleanHosts brings hosts into the form they are kept in, each once.
func cleanHosts(written []string) []string {
	hosts := make([]string, 0, len(written))
	for _, h := range written {
		hosts = append(hosts, NormalHost(h))
	}
	return distinct(hosts)
}

func hostFaults(hosts []string) (bad []fault.Field) {
	if slices.ContainsFunc(hosts, func(h string) bool { return !validHost(h) }) {
		bad = append(bad, fault.Field{Name: "host", Message: "error.host"})
	}
	if len(hosts) > MaxHosts {
		bad = append(bad, fault.Field{Name: "host", Message: "error.too_many_hosts", Args: map[string]any{"Max": MaxHosts}})
	}
	return bad
}

// ChangeHosts gives a site its hosts, in order; the first is canonical. Without
// any it is found at SLUG.<portal>. fault.Invalid for what is no host name;
// fault.Conflict where one of them leads elsewhere already, or where the hosts
// have changed since they were read as seal says. The hosts it has change
// nothing.
func ChangeHosts(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, portal string, seal Seal, written []string) error {
	want := cleanHosts(written)
	if err := fault.InvalidFields(hostFaults(want)...); err != nil {
		return err
	}
	return change(ctx, b, id, func(tx pgx.Tx, st Site) (bool, error) {
		if slices.Equal(st.Hosts, want) {
			return false, nil
		}
		if err := seal.Check(HostsSeal(st.Hosts)); err != nil {
			return false, err
		}
		if err := checkHosts(ctx, tx, st, portal, want); err != nil {
			return false, err
		}
		if err := replaceHosts(ctx, tx, id, want); err != nil {
			return false, taken("host", err)
		}
		return true, log(ctx, tx, by, id, modlog.Change, "hosts")
	})
}

// checkHosts refuses hosts that lead elsewhere already: to the portal, or to a
// site without hosts of its own, which is found by its slug. Without a portal
// nobody knows where slugs lead.
func checkHosts(ctx context.Context, tx pgx.Tx, st Site, portal string, hosts []string) error {
	if portal == "" {
		return nil
	}
	if err := lockAddresses(ctx, tx); err != nil {
		return err
	}
	isTaken, err := slices.Contains(hosts, portal), error(nil)
	switch {
	case len(hosts) == 0:
		isTaken, err = hostTaken(ctx, tx, st.ID, st.Slug+"."+portal)
	case !isTaken:
		isTaken, err = hostOfAnother(ctx, tx, st.ID, portal, hosts)
	}
	if err == nil && isTaken {
		err = taken("host", fault.New(fault.Conflict, "address"))
	}
	return err
}
