package policy

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/cleannet/cleannet/internal/evidence"
	"github.com/cleannet/cleannet/internal/format/yamldoc"
)

// maxCost bounds the work of one evaluation, in CEL's units: an honest
// condition needs some tens.
const maxCost = 100_000

// conditionEnv holds the languages of a document: one for each set of kinds,
// because the kinds' attributes and roles are typed variables in it.
type conditionEnv struct {
	byKinds  map[string]*cel.Env
	compiled map[string]*Condition // a document repeats its conditions; by kinds and source
}

// sides are the variables of a party; all of them are text.
func sides() []string {
	var out []string
	for _, side := range []string{"party", "counterpart"} {
		for _, fact := range []string{"id", "name", "country", "company"} {
			out = append(out, side+"."+fact)
		}
	}
	return out
}

func (ce *conditionEnv) program(source string, kinds []*evidence.Kind) (evaluator, []string) {
	if len(source) > maxCondition {
		return nil, []string{fmt.Sprintf("longer than %d bytes", maxCondition)}
	}
	env, err := ce.env(kinds)
	if err != nil {
		return nil, []string{err.Error()}
	}
	checked, issues := env.Compile(source)
	if issues.Err() != nil {
		var problems []string
		for _, e := range issues.Errors() {
			problems = append(problems, fmt.Sprintf("%s (at character %d)", e.Message, e.Location.Column()+1))
		}
		return nil, problems
	}
	if !checked.OutputType().IsExactType(cel.BoolType) {
		return nil, []string{fmt.Sprintf("it is a %s, want a comparison that is true or false", checked.OutputType())}
	}
	refs := referred(checked)
	if problems := refs.check(kinds); len(problems) > 0 {
		return nil, problems
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(maxCost))
	if err != nil {
		return nil, []string{err.Error()}
	}
	return &celProgram{program, refs}, nil
}

// env returns the language for conditions about the kinds.
func (ce *conditionEnv) env(kinds []*evidence.Kind) (*cel.Env, error) {
	key := kindsKey(kinds)
	if env, ok := ce.byKinds[key]; ok {
		return env, nil
	}
	options := []cel.EnvOption{
		cel.ParserExpressionSizeLimit(maxCondition),
		cel.ParserRecursionLimit(32),
		cel.Variable("count", cel.IntType),
		cel.Variable("first", cel.TimestampType),
		cel.Variable("last", cel.TimestampType),
		cel.Variable("attrs", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("subject", cel.MapType(cel.StringType, cel.StringType)),
	}
	for _, name := range sides() {
		options = append(options, cel.Variable(name, cel.StringType))
	}
	for name, t := range attrTypes(kinds) {
		options = append(options, cel.Variable("attrs."+name, t))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("the expression language cannot be set up: %w", err)
	}
	if ce.byKinds == nil {
		ce.byKinds = map[string]*cel.Env{}
	}
	ce.byKinds[key] = env
	return env, nil
}

func kindsKey(kinds []*evidence.Kind) string {
	var key strings.Builder
	for _, k := range kinds {
		key.WriteString(k.Domain + "/" + k.Name + "\n")
	}
	return key.String()
}

// attrTypes gives the types of the attributes on which all kinds agree, so
// that attrs.peers > "2" is a mistake at compile time. Others stay dynamic.
func attrTypes(kinds []*evidence.Kind) map[string]*cel.Type {
	out := map[string]*cel.Type{}
	for _, k := range kinds {
		for _, a := range k.Attrs {
			t := cel.IntType
			if a.Op == evidence.OpSet {
				t = cel.ListType(cel.StringType)
			}
			if old, ok := out[a.Key]; ok && !old.IsExactType(t) {
				t = cel.DynType
			}
			out[a.Key] = t
		}
	}
	return out
}

// references are the attributes and roles that an expression names.
type references struct {
	attrs, roles []string
}

// referred walks the expression for attrs.x, attrs["x"] and likewise subject.
func referred(checked *cel.Ast) references {
	var refs references
	add := func(variable, name string) {
		switch variable {
		case "attrs":
			refs.attrs = append(refs.attrs, name)
		case "subject":
			refs.roles = append(refs.roles, name)
		}
	}
	ast.PostOrderVisit(checked.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind: // a typed attribute is one dotted name
			if name, ok := strings.CutPrefix(e.AsIdent(), "attrs."); ok {
				add("attrs", name)
			}
		case ast.SelectKind:
			if of := e.AsSelect().Operand(); of.Kind() == ast.IdentKind {
				add(of.AsIdent(), e.AsSelect().FieldName())
			}
		case ast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != operators.Index || len(call.Args()) != 2 {
				return
			}
			of, at := call.Args()[0], call.Args()[1]
			if of.Kind() == ast.IdentKind && at.Kind() == ast.LiteralKind {
				if name, ok := at.AsLiteral().(types.String); ok {
					add(of.AsIdent(), string(name))
				}
			}
		}
	}))
	refs.attrs, refs.roles = unique(refs.attrs), unique(refs.roles)
	return refs
}

// check refuses names that no kind has. Without kinds (the entry awaits its
// evidence) nothing is known of the names.
func (refs references) check(kinds []*evidence.Kind) []string {
	if len(kinds) == 0 {
		return nil
	}
	var attrs, roles, problems []string
	for _, k := range kinds {
		attrs = append(attrs, attrKeys(k)...)
		for _, r := range k.Roles {
			roles = append(roles, r.Name)
		}
	}
	for _, name := range refs.attrs {
		if !slices.Contains(attrs, name) {
			problems = append(problems, fmt.Sprintf("no relation of the entry has an attribute %q%s",
				name, yamldoc.Suggest(name, slices.Values(unique(attrs)))))
		}
	}
	for _, name := range refs.roles {
		if !slices.Contains(roles, name) {
			problems = append(problems, fmt.Sprintf("no relation of the entry has a role %q%s",
				name, yamldoc.Suggest(name, slices.Values(unique(roles)))))
		}
	}
	return problems
}

// celProgram evaluates with everything unobserved marked unknown.
type celProgram struct {
	program cel.Program
	refs    references
}

func (p *celProgram) eval(f Facts) (Truth, []string, error) {
	known, unknown := p.bind(f)
	vars, err := cel.PartialVars(known, unknown...)
	if err != nil {
		return Undecided, nil, fmt.Errorf("condition: %w", err)
	}
	out, _, err := p.program.Eval(vars)
	if u, ok := out.(*types.Unknown); ok {
		return Undecided, missing(u), nil
	}
	if err != nil {
		return Undecided, nil, fmt.Errorf("condition: %w", err)
	}
	switch out {
	case types.True:
		return True, nil, nil
	case types.False:
		return False, nil, nil
	}
	return Undecided, nil, fmt.Errorf("condition gave %v instead of true or false", out)
}

// bind gives the variables their values and says which are not known.
func (p *celProgram) bind(f Facts) (map[string]any, []*cel.AttributePatternType) {
	o := f.Observation
	attrs, subject := map[string]any{}, map[string]string{}
	known := map[string]any{"count": int64(o.Count), "attrs": attrs, "subject": subject}
	var unknown []*cel.AttributePatternType
	for _, a := range o.Attrs {
		switch {
		case a.Op() != evidence.OpSet:
			attrs[a.Key] = a.Number()
		case !a.More():
			attrs[a.Key] = a.Words()
		default:
			unknown = append(unknown, cel.AttributePattern("attrs").QualString(a.Key))
		}
	}
	for _, name := range p.refs.attrs {
		if v, ok := attrs[name]; ok {
			known["attrs."+name] = v
			continue
		}
		unknown = append(unknown, cel.AttributePattern("attrs."+name), cel.AttributePattern("attrs").QualString(name))
	}
	for _, s := range o.Subjects {
		if _, ok := subject[s.Role]; !ok && !s.ID.IsZero() {
			subject[s.Role] = s.ID.String()
		}
	}
	for _, name := range p.refs.roles {
		if _, ok := subject[name]; !ok {
			unknown = append(unknown, cel.AttributePattern("subject").QualString(name))
		}
	}
	bind := func(name string, value any, ok bool) {
		if ok {
			known[name] = value
		} else {
			unknown = append(unknown, cel.AttributePattern(name))
		}
	}
	bind("first", o.First, !o.First.IsZero())
	bind("last", o.Last, !o.Last.IsZero())
	for prefix, side := range map[string]FactsOf{"party.": f.Party, "counterpart.": f.Counterpart} {
		bind(prefix+"id", side.ID.String(), !side.ID.IsZero())
		bind(prefix+"name", side.Name, side.Name != "")
		bind(prefix+"country", side.Country, side.Country != "")
		bind(prefix+"company", side.Company, side.Company != "")
	}
	return known, unknown
}

// missing names the variables on which the answer depends.
func missing(u *types.Unknown) []string {
	var out []string
	for _, id := range u.IDs() {
		trails, _ := u.GetAttributeTrails(id)
		for _, trail := range trails {
			out = append(out, trail.String())
		}
	}
	return unique(out)
}
