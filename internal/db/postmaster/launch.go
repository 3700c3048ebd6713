package postmaster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Options say how a server is started.
type Options struct {
	Data   string // made by InitDB
	Socket string // directory of the socket; there is no TCP port
	Log    string // file that the server's messages are appended to
	// Settings are added to ours, as in postgresql.conf.
	Settings map[string]string
	// DieWithUs ends the server, without a checkpoint, when this process ends
	// in whatever way. Otherwise the server outlives us until it is stopped.
	DieWithUs bool
}

// Process is a server that was started here or found running.
type Process struct {
	PID  int
	data string
	done chan struct{} // closed when a child of ours has ended; nil if found
}

// Launch starts a server; Ready waits until it answers. It is in a session of its
// own, so that Ctrl-C at a terminal reaches us and not it: we stop it in order.
func (p Programs) Launch(a Account, o Options) (*Process, error) {
	log, err := openLog(o.Log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the server has its own copy
	cmd := exec.Command(filepath.Join(p.Dir, "postgres"), arguments(o)...)
	a.prepare(cmd, o.Data)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr.Setsid = true
	if o.DieWithUs {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	}
	done, started := make(chan struct{}), make(chan error)
	go func() {
		// A death signal is sent when the thread that forked ends, so that
		// thread has to stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // why it ended is in its log
			close(done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return &Process{PID: cmd.Process.Pid, data: o.Data, done: done}, nil
}

// openLog appends, and starts over when the file has grown past 1 MB. The file
// lies in a directory of another user's, hence no links.
func openLog(path string) (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND | syscall.O_NOFOLLOW
	if info, err := os.Lstat(path); err == nil && info.Size() > 1<<20 {
		flags |= os.O_TRUNC
	}
	log, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	return log, nil
}

// arguments win over postgresql.conf, so that nobody opens a port or logs values
// by accident.
func arguments(o Options) []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": `"` + strings.ReplaceAll(o.Socket, `"`, `""`) + `"`,
		"unix_socket_permissions": "0700",
		"port":                    "5432",
		"external_pid_file":       "",
		"TimeZone":                "UTC",
	}
	for _, more := range []map[string]string{quietLog(), o.Settings} {
		for name, value := range more {
			settings[name] = value
		}
	}
	args := []string{"-D", o.Data}
	for name, value := range settings {
		args = append(args, "--"+name+"="+value)
	}
	slices.Sort(args[2:])
	return args
}

// quietLog are the settings under which no value of a row, argument or
// statement reaches the log. Messages of level error are left out altogether:
// even their first line quotes values ("invalid input syntax for type ...").
func quietLog() map[string]string {
	return map[string]string{
		"log_destination":                   "stderr",
		"logging_collector":                 "off",
		"log_min_messages":                  "log",
		"log_min_error_statement":           "panic",
		"log_error_verbosity":               "terse",
		"log_statement":                     "none",
		"log_min_duration_statement":        "-1",
		"log_min_duration_sample":           "-1",
		"log_transaction_sample_rate":       "0",
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
		"log_duration":                      "off",
		"log_connections":                   "off",
		"log_disconnections":                "off",
		"log_hostname":                      "off",
		"log_lock_waits":                    "off",
		"log_temp_files":                    "-1",
		"log_checkpoints":                   "off",
		"log_autovacuum_min_duration":       "-1",
		"log_line_prefix":                   "%m [%p] ",
		"log_timezone":                      "UTC",
		"lc_messages":                       "C",
	}
}

// ErrSilent is returned for a server that gave no sign of life; one that is only
// busy, with its recovery for example, says so.
var ErrSilent = errors.New("PostgreSQL does not answer")

// silence is how long a server may take to say anything at all. It opens its
// socket at once, so this is meant for a machine under heavy load.
const silence = 30 * time.Second

// Ready waits until the server answers, which after a crash may take a while,
// has ended, or has been silent for too long. url is any database of it.
func (s *Process) Ready(ctx context.Context, url string) error {
	heard := time.Now()
	for {
		err := ping(ctx, url)
		if err == nil {
			return nil
		}
		if !s.Alive() {
			return errors.New("PostgreSQL ended while it was starting")
		}
		if talks := (*pgconn.PgError)(nil); errors.As(err, &talks) {
			heard = time.Now()
		}
		if time.Since(heard) > silence {
			return fmt.Errorf("%w: %w", ErrSilent, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for PostgreSQL: %w", errors.Join(ctx.Err(), err))
		case <-time.After(15 * time.Millisecond):
		}
	}
}

func ping(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// URL is the connection string of a database behind the socket in dir. It says
// all there is to say, so that nothing is taken from PG* variables or files.
func URL(dir, database string) string {
	query := url.Values{"host": {dir}, "port": {"5432"}, "user": {Superuser}, "sslmode": {"disable"}}
	// In such a string a plus is a plus, unlike in a form.
	return "postgres:///" + url.PathEscape(database) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}
