//go:build !cel

package policy

import "github.com/cleannet/cleannet/internal/evidence"

// conditionEnv stands in for the expression language in builds without it: a
// document with conditions is refused, never read as if it had none.
type conditionEnv struct{}

func (*conditionEnv) program(string, []*evidence.Kind) (evaluator, []string) {
	return nil, []string{"this build has no expression language: build with -tags cel"}
}
