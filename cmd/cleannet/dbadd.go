package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/trust"
)

func newDBAdd(s streams) *cobra.Command {
	var g signing
	var name string
	cmd := &cobra.Command{
		Use:   "add FOLDER FILE...",
		Short: "put built files into a signed data folder",
		Long: `add copies files that db build made into a folder, with their manifests, and
signs it. A file of the same name is replaced; readers see all of the change or
nothing of it.`,
		Example: `  cleannet db add data registry.cnr --key data.pem --root 1.root.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("want a folder and a file: see --help")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if name != "" && len(args) > 2 {
				return usagef("--name names one file: add files one by one, or leave the flag out")
			}
			var files []trust.Addition
			for _, file := range args[1:] {
				m, err := manifestOf(file)
				if err != nil {
					return err
				}
				a := trust.Addition{Name: strings.ToLower(filepath.Base(file)), Path: file, Manifest: m}
				if name != "" {
					a.Name = name
				}
				files = append(files, a)
			}
			return g.change(s, args[0], func(p trust.Publisher, until time.Time) (*trust.Snapshot, error) {
				return trust.Add(p, files, until)
			})
		},
	}
	g.changeFlags(cmd)
	cmd.Flags().StringVar(&name, "name", "", "name of the file in the folder (default its own)")
	return cmd
}

func newDBRemove(s streams) *cobra.Command {
	var g signing
	cmd := &cobra.Command{
		Use:     "remove FOLDER NAME...",
		Short:   "take files out of a signed data folder",
		Example: `  cleannet db remove data registry.cnr --key data.pem --root 1.root.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("want a folder and the name of a file in it: see --help")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return g.change(s, args[0], func(p trust.Publisher, until time.Time) (*trust.Snapshot, error) {
				return trust.Remove(p, args[1:], until)
			})
		},
	}
	g.changeFlags(cmd)
	return cmd
}

func newDBRenew(s streams) *cobra.Command {
	var g signing
	cmd := &cobra.Command{
		Use:   "renew FOLDER",
		Short: "sign a data folder again before it expires",
		Long: `renew signs what a folder holds until a later day. A folder that has expired can
be renewed too. It says nothing about the age of the data: see db info.`,
		Example: `  cleannet db renew data --key data.pem --root 1.root.json --expires-in 30`,
		Args:    exactArgs(1, "a folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			return g.change(s, args[0], trust.Renew)
		},
	}
	g.changeFlags(cmd)
	return cmd
}

func (g *signing) changeFlags(cmd *cobra.Command) {
	g.keyFlags(cmd, "private key that signs data")
	g.pinFlag(cmd)
	g.dataFlags(cmd)
}

// change signs a change of the folder and says what it holds now.
func (g *signing) change(s streams, dir string, do func(trust.Publisher, time.Time) (*trust.Snapshot, error)) error {
	keys, err := readKeys("key", g.keys)
	if err != nil {
		return err
	}
	p, err := g.publisher(dir, keys)
	if err != nil {
		return err
	}
	until, err := expires("expires-in", g.days)
	if err != nil {
		return err
	}
	snapshot, err := do(p, until)
	if err != nil {
		return publishError(err)
	}
	printSnapshot(s, snapshot)
	return nil
}

// printSnapshot says what a folder holds, in a line for each file.
func printSnapshot(s streams, snapshot *trust.Snapshot) {
	fmt.Fprintf(s.out, "repository %s, version %d, root %d, expires %s\n", snapshot.Repository,
		snapshot.Version, snapshot.Root, snapshot.Expires.UTC().Format(time.DateOnly))
	for _, f := range snapshot.Files {
		fmt.Fprintf(s.out, "%s: %s, %d bytes, sha256 %s\n", f.Name, f.Manifest.Kind, f.Size, f.SHA256)
	}
}
