package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Violation is one rule of axe-core that the page breaks, with the elements that break it.
type Violation struct {
	ID     string // the rule, "color-contrast"
	Impact string // minor, moderate, serious or critical
	Help   string // what the rule asks for
	Nodes  []Node
}

// Node is an element that breaks a rule.
type Node struct {
	Target  string // its CSS selector
	HTML    string // its tag
	Summary string // what would mend it
}

// String tells all of it, over several lines.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s: %s\n    %s", n.Target, n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
	}
	return b.String()
}

// everything is WCAG 2.0, 2.1 and 2.2 at levels A and AA, and good practice.
const everything = `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`

// look is what changes with colours and width, while a page's structure stays.
const look = `{type: 'rule', values: ['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable', 'meta-viewport']}`

const runAxe = `axe.run(document, {
  runOnly: %s,
  resultTypes: ['violations'],
}).then(result => result.violations.map(v => ({
  id: v.id, impact: v.impact || '', help: v.help,
  nodes: v.nodes.map(n => ({target: n.target.flat().join(' '), html: n.html.slice(0, 200), summary: n.failureSummary || ''})),
})))`

// Axe has the open page judged by axe-core: WCAG 2.0, 2.1 and 2.2 at levels A and AA, and good practice. An empty answer
// is a good one. It works on pages whose policy forbids foreign script, and where script is off.
func (b *Browser) Axe() []Violation {
	b.t.Helper()
	return b.axe(everything)
}

// AxeLook is Axe for a page that was judged before, in other colours or at another width: only the rules that these
// can break, which takes a part of the time.
func (b *Browser) AxeLook() []Violation {
	b.t.Helper()
	return b.axe(look)
}

func (b *Browser) axe(rules string) []Violation {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		b.t.Fatal(err)
	}
	if !b.o.Script {
		// axe waits on timers, and those stand still where script is off; the page's own script does not begin now
		b.Do(script(true))
		defer b.Do(script(false))
	}
	world := Run(b, isolatedWorld)
	within := func(p *runtime.EvaluateParams) { p.ContextID = world }
	Run(b, chromedp.Evaluate[bool](source+"\n;true", within))
	return Run(b, chromedp.Evaluate[[]Violation](fmt.Sprintf(runAxe, rules), within, chromedp.EvalAwaitPromise))
}

func axeSource() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	source, err := os.ReadFile(filepath.Join(root, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("axe-core is missing, run npm ci: %w", err)
	}
	return string(source), nil
}

// isolatedWorld sees the page, but neither its script nor its policy.
func isolatedWorld(ctx context.Context, target *chromedp.Target) (runtime.ExecutionContextID, error) {
	tree, err := cdp.Call(ctx, target, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	params := page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: "axe"}
	world, err := cdp.Call(ctx, target, page.CreateIsolatedWorld, params)
	return world.ExecutionContextID, err
}

// call makes a step of one of the protocol's commands whose answer is of no interest.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	})
}

func describe(thrown *runtime.ExceptionDetails) string {
	if thrown.Exception != nil && thrown.Exception.Description != "" {
		return thrown.Exception.Description
	}
	return thrown.Text
}

func arguments(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		if arg.Description != "" {
			words = append(words, arg.Description)
		} else {
			words = append(words, string(arg.Value))
		}
	}
	return strings.Join(words, " ")
}
