package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cleannet/cleannet/internal/trust"
)

// signing is the flags of commands that write a data folder.
type signing struct {
	folder  dataFolder // its root file only
	keys    []string
	days    int // until the data expire
	rootKey struct {
		files     []string
		threshold int
		days      int
	}
}

func (g *signing) keyFlags(cmd *cobra.Command, what string) {
	cmd.Flags().StringArrayVar(&g.keys, "key", nil, what+"; repeatable")
}

func (g *signing) pinFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&g.folder.root, "root", "", "root file of the folder, which you have kept apart from it")
}

func (g *signing) dataFlags(cmd *cobra.Command) {
	cmd.Flags().IntVar(&g.days, "expires-in", 30, "days until readers refuse the data unless they are renewed")
}

func (g *signing) rootFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&g.rootKey.files, "root-key", nil, "key that may change who signs: private to sign now, public to sign later; repeatable")
	cmd.Flags().IntVar(&g.rootKey.threshold, "threshold", 1, "how many of the root keys must agree")
	cmd.Flags().IntVar(&g.rootKey.days, "root-expires-in", 730, "days until the root must be replaced with db rotate")
}

// expires returns the day that is so many from now.
func expires(flag string, days int) (time.Time, error) {
	const most = 36500
	if days < 1 || days > most {
		return time.Time{}, usagef("--%s: want 1 to %d days, got %d", flag, most, days)
	}
	return time.Now().AddDate(0, 0, days), nil
}

func readKeys(flag string, files []string) ([]trust.Key, error) {
	if len(files) == 0 {
		return nil, usagef("want a key with --%s: make one with: cleannet db key -o key.pem", flag)
	}
	var out []trust.Key
	for _, name := range files {
		k, err := trust.ReadKey(name)
		if err != nil {
			return nil, usage(err)
		}
		out = append(out, k)
	}
	return out, nil
}

// config returns who may sign, by the flags.
func (g *signing) config(data []trust.Key) (c trust.Config, err error) {
	c.Data, c.Threshold = data, g.rootKey.threshold
	if c.Root, err = readKeys("root-key", g.rootKey.files); err != nil {
		return c, err
	}
	if c.RootExpires, err = expires("root-expires-in", g.rootKey.days); err != nil {
		return c, err
	}
	c.Expires, err = expires("expires-in", g.days)
	return c, err
}

// publisher returns who signs the folder.
func (g *signing) publisher(dir string, keys []trust.Key) (p trust.Publisher, err error) {
	p = trust.Publisher{Dir: dir, PinnedName: g.folder.root, Now: time.Now(), Keys: keys}
	if p.Pinned, err = g.folder.pinned(); err != nil {
		return p, err
	}
	p.State, err = stateFolder("data")
	return p, err
}

// publishError chooses the exit code: what is wrong with a folder is bad data,
// all else is wrong use.
func publishError(err error) error {
	if _, ok := errors.AsType[*trust.Problem](err); ok {
		return exitCode{exitStale, err}
	}
	return usage(err)
}

func newDBKey(s streams) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "key -o FILE",
		Short: "make a key that signs data folders",
		Long: `key makes an Ed25519 key: the private part in FILE, which only you can read, and
the public part in FILE.pub. Whoever has the private part can sign; keep that of
a root apart from all machines, if you can.`,
		Example: `  cleannet db key -o root-1.pem`,
		Args:    noArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			if output == "" || output == standardStream {
				return usagef("want a file to write: -o FILE")
			}
			k, err := trust.GenerateKey(output, output+".pub")
			if err != nil {
				return usage(err)
			}
			fmt.Fprintf(s.out, "key %s\nprivate part in %s, public part in %s.pub\n", k.ID(), output, output)
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write")
	return cmd
}

// noArgs is the check of commands that take flags only.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("want no arguments, got %q: see --help", args)
	}
	return nil
}

func newDBInit(s streams) *cobra.Command {
	var g signing
	cmd := &cobra.Command{
		Use:   "init FOLDER",
		Short: "begin a signed data folder",
		Long: `init makes a folder whose files are signed. Root keys say who may sign, now and
later, and a threshold of them must agree; keys for data sign what is in the
folder, each alone. Give users FOLDER/1.root.json on a way that they trust: it is
all they need to verify the folder, offline, through all later changes of keys.

Where a root key is given as its public part, its owner signs with db sign.`,
		Example: `  cleannet db init data --root-key root.pem --key data.pem
  cleannet db init data --root-key a.pem --root-key b.pem.pub --threshold 2 --key data.pem`,
		Args: exactArgs(1, "a folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := readKeys("key", g.keys)
			if err != nil {
				return err
			}
			c, err := g.config(data)
			if err != nil {
				return err
			}
			status, err := trust.Init(args[0], c)
			if err != nil {
				return publishError(err)
			}
			printStatus(s, args[0], status)
			return nil
		},
	}
	g.keyFlags(cmd, "key that signs data")
	g.dataFlags(cmd)
	g.rootFlags(cmd)
	return cmd
}

func newDBRotate(s streams) *cobra.Command {
	var g signing
	var with []string
	cmd := &cobra.Command{
		Use:   "rotate FOLDER",
		Short: "change who may sign a data folder, or until when",
		Long: `rotate writes the next root of a folder: name all keys that it shall have. It
needs the signatures of the old root and of the new one; give old keys that are
no longer part of it with --with, or let their owners use db sign.

If no old key for data is given, it is taken for lost or stolen: then the folder
is empty under the new root, and files must be added again.`,
		Example: `  cleannet db rotate data --root 1.root.json --root-key new.pem --key data.pem --with root.pem`,
		Args:    exactArgs(1, "a folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := readKeys("key", g.keys)
			if err != nil {
				return err
			}
			c, err := g.config(data)
			if err != nil {
				return err
			}
			var old []trust.Key
			if len(with) > 0 {
				if old, err = readKeys("with", with); err != nil {
					return err
				}
			}
			p, err := g.publisher(args[0], old)
			if err != nil {
				return err
			}
			status, err := trust.Rotate(p, c)
			if err != nil {
				return publishError(err)
			}
			printStatus(s, args[0], status)
			return nil
		},
	}
	g.keyFlags(cmd, "key that shall sign data")
	g.pinFlag(cmd)
	g.dataFlags(cmd)
	g.rootFlags(cmd)
	cmd.Flags().StringArrayVar(&with, "with", nil, "key of the old root that signs once more; repeatable")
	return cmd
}

func newDBSign(s streams) *cobra.Command {
	var g signing
	cmd := &cobra.Command{
		Use:   "sign FOLDER",
		Short: "add a signature to a root that waits for it",
		Long: `sign adds the signature of a root key to a root that init or rotate has staged,
and puts the root in force when it has enough. It prints which keys the root
names: compare them with what you were told before you pass the folder on.`,
		Example: `  cleannet db sign data --key b.pem --root 1.root.json`,
		Args:    exactArgs(1, "a folder"),
		RunE: func(_ *cobra.Command, args []string) error {
			keys, err := readKeys("key", g.keys)
			if err != nil {
				return err
			}
			p := trust.Publisher{Dir: args[0], Keys: keys, Now: time.Now()}
			if g.folder.root != "" { // there is none before the first root
				if p, err = g.publisher(args[0], keys); err != nil {
					return err
				}
			}
			status, err := trust.Sign(p)
			if err != nil {
				return publishError(err)
			}
			printStatus(s, args[0], status)
			return nil
		},
	}
	g.keyFlags(cmd, "root key that signs")
	g.pinFlag(cmd)
	return cmd
}

// printStatus says what has become of a root.
func printStatus(s streams, dir string, status trust.Status) {
	fmt.Fprintf(s.out, "root %d: %d of %d signatures\n", status.Version, status.Have, status.Want)
	fmt.Fprintf(s.out, "  root keys, of which %d must agree:\n    %s\n", status.Threshold, strings.Join(status.Root, "\n    "))
	fmt.Fprintf(s.out, "  keys for data:\n    %s\n", strings.Join(status.Data, "\n    "))
	switch file := filepath.Join(dir, status.File); {
	case !status.Published:
		fmt.Fprintf(s.out, "not in force: its root keys must sign %s with: cleannet db sign\n", file)
	case status.Version == 1:
		fmt.Fprintf(s.out, "in force: give your users %s on a way that they trust\n", file)
	default:
		fmt.Fprintf(s.out, "in force: users need nothing new\n")
	}
	if status.Emptied {
		fmt.Fprintln(s.out, "the folder holds no files under this root: add them with: cleannet db add")
	}
}
