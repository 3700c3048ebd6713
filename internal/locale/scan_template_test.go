package locale

import (
	"reflect"
	"text/template/parse"
)

// nodeUses walks a template's nodes.
func nodeUses(n parse.Node, at func(parse.Node) string) []use {
	if n == nil || reflect.ValueOf(n).IsNil() { // an absent else is a typed nil
		return nil
	}
	var uses []use
	if c, ok := n.(*parse.CommandNode); ok {
		if u, ok := commandUse(c); ok {
			u.at = at(c)
			uses = append(uses, u)
		}
	}
	if c, ok := n.(*parse.CommentNode); ok {
		uses = append(uses, commentUses(c.Text, at(c))...)
	}
	for _, child := range children(n) {
		uses = append(uses, nodeUses(child, at)...)
	}
	return uses
}

func children(n parse.Node) []parse.Node {
	switch n := n.(type) {
	case *parse.ListNode:
		return n.Nodes
	case *parse.ActionNode:
		return []parse.Node{n.Pipe}
	case *parse.TemplateNode:
		return []parse.Node{n.Pipe}
	case *parse.IfNode:
		return []parse.Node{n.Pipe, n.List, n.ElseList}
	case *parse.RangeNode:
		return []parse.Node{n.Pipe, n.List, n.ElseList}
	case *parse.WithNode:
		return []parse.Node{n.Pipe, n.List, n.ElseList}
	case *parse.ChainNode:
		return []parse.Node{n.Node}
	case *parse.CommandNode:
		return n.Args
	case *parse.PipeNode:
		var all []parse.Node
		for _, c := range n.Cmds {
			all = append(all, c)
		}
		return all
	}
	return nil
}

// commandUse reads one call: .T "key" "Name" value, $.L.N "key" count "Name" value.
func commandUse(c *parse.CommandNode) (use, bool) {
	name := lastName(c.Args[0])
	if len(c.Args) < 2 || name != "T" && name != "N" {
		return use{}, false
	}
	key, ok := c.Args[1].(*parse.StringNode)
	if !ok {
		return use{}, false
	}
	u := use{key: key.Text, counted: name == "N"}
	first := 2
	if u.counted {
		first = 3
	}
	for i := first; i < len(c.Args); i += 2 {
		if s, ok := c.Args[i].(*parse.StringNode); ok {
			u.args = append(u.args, s.Text)
		} else {
			u.open = true
		}
	}
	return u, true
}

// lastName is what a chain of fields ends in.
func lastName(n parse.Node) string {
	var names []string
	switch n := n.(type) {
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		names = n.Ident
	case *parse.ChainNode:
		names = n.Field
	case *parse.IdentifierNode:
		names = []string{n.Ident}
	}
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}
