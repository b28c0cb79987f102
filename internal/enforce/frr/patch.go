package frr

import "github.com/cleannet/cleannet/internal/enforce"

// Patch implements [enforce.Patcher]. The running configuration is what "show
// running-config" prints.
func (Target) Patch(running []byte, files []enforce.File) (*enforce.Patch, error) {
	return enforce.NewPatch(FileName, []string{"! Changes for FRRouting, written by cleannet: load them with vtysh -f"},
		enforce.CiscoStatements(string(running)), enforce.CiscoStatements(string(files[0].Data))), nil
}
