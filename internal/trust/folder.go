package trust

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// targetsDir holds the data files.
const targetsDir = "targets"

// timestampFile is the only file of metadata whose content changes.
const timestampFile = "timestamp.json"

// stagedRoot is a root that still lacks signatures.
const stagedRoot = "staged.root.json"

// stagedTimestamp takes the place of the timestamp together with a staged root.
const stagedTimestamp = "staged.timestamp.json"

// folder is a data folder. Nothing outside of it is reached, whatever links it
// holds.
type folder struct {
	name string
	root *os.Root
}

func openFolder(name string) (*folder, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, &Problem{name, reasonOf(err).Error(), "name a data folder", err}
	}
	return &folder{name, root}, nil
}

func (f *folder) close() { f.root.Close() } //nolint:errcheck // nothing is written through the root itself

// path returns a file's name for messages.
func (f *folder) path(name string) string { return path.Join(f.name, name) }

// open opens a regular file of at most limit bytes. Links are not followed: a
// publisher's tool writes none, and one that leads outside would be an attack.
func (f *folder) open(name string, limit int64) (*os.File, int64, error) {
	before, err := f.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, &Problem{f.path(name), "missing", nextCopy, fs.ErrNotExist}
	case err != nil:
		return nil, 0, &Problem{f.path(name), reasonOf(err).Error(), nextCopy, err}
	case !before.Mode().IsRegular(): // asked first: opening a pipe could wait
		return nil, 0, &Problem{f.path(name), "not a regular file but " + before.Mode().Type().String(), nextLimits, nil}
	case before.Size() > limit:
		return nil, 0, &Problem{f.path(name), fmt.Sprintf("%d bytes, the limit is %d", before.Size(), limit), nextLimits, nil}
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, 0, &Problem{f.path(name), reasonOf(err).Error(), nextCopy, err}
	}
	return file, before.Size(), nil
}

// read returns the content of a file of at most limit bytes.
func (f *folder) read(name string, limit int64) ([]byte, error) {
	file, size, err := f.open(name, limit)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // opened for reading
	raw := make([]byte, size)
	n, err := io.ReadFull(file, raw)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, &Problem{f.path(name), reasonOf(err).Error(), nextCopy, err}
	}
	return raw[:n], nil // of a file that grew meanwhile, a part: the digest tells
}

// exists reports whether there is something of that name.
func (f *folder) exists(name string) bool {
	_, err := f.root.Lstat(name)
	return err == nil
}

// write puts a file in place when it is whole and on the disk.
func (f *folder) write(name string, content io.Reader) error {
	temporary := path.Join(path.Dir(name), ".new-"+rand.Text())
	file, err := f.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return f.writeError(name, err)
	}
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = f.root.Rename(temporary, name)
	}
	if err != nil {
		f.root.Remove(temporary) //nolint:errcheck // the first error is the one to report
		return f.writeError(name, err)
	}
	f.sync(path.Dir(name))
	return nil
}

func (f *folder) writeError(name string, err error) error {
	return fmt.Errorf("write %q: %w: choose a folder that can be written to, and make room", f.path(name), reasonOf(err))
}

// sync asks the system to keep a renaming. Some file systems cannot, and then
// a crash may bring the file of before back, which is whole as well.
func (f *folder) sync(dir string) {
	if d, err := f.root.Open(dir); err == nil {
		d.Sync()  //nolint:errcheck // see above
		d.Close() //nolint:errcheck // opened for reading
	}
}

// lockFolder opens a folder for the calling writer alone, until done.
func lockFolder(name string) (f *folder, done func(), err error) {
	if f, err = openFolder(name); err != nil {
		return nil, nil, err
	}
	unlock, err := f.lock()
	if err != nil {
		f.close()
		return nil, nil, err
	}
	return f, func() { unlock(); f.close() }, nil
}

// lockFile keeps two writers apart. Readers need none.
const lockFile = ".lock"

// lock makes the calling writer the only one, until unlock.
func (f *folder) lock() (unlock func(), err error) {
	file, err := f.root.OpenFile(lockFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%q exists: another cleannet writes to the folder: wait, or remove the file if none does", f.path(lockFile))
	}
	if err != nil {
		return nil, f.writeError(lockFile, err)
	}
	file.Close()                                   //nolint:errcheck // it is empty
	return func() { f.root.Remove(lockFile) }, nil //nolint:errcheck // the next writer will say so
}

// state returns what changes when a writer publishes: the digest of the
// timestamp, and the newest root.
func (f *folder) state(from int64) (stamp [sha256.Size]byte, newest int64) {
	if raw, err := f.read(timestampFile, maxTimestamp); err == nil {
		stamp = sha256.Sum256(raw)
	}
	for newest = from; newest < from+maxRotations && f.exists(rootName(newest+1)); {
		newest++
	}
	return stamp, newest
}
