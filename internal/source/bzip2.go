package source

import (
	"bufio"
	"io"
	"runtime"
	"sync"
)

// bzReader decompresses bzip2 data, concatenated streams included, on several
// cores. The goroutine that reads splits the data into blocks, gives them to
// workers, and takes the results in order; only the last step, the run-length
// coding and its CRC, is its own. A few blocks are under way at a time, and
// each is bounded before that last step, so memory is too.
//
// The splitting may be fooled by 48 bits within a block; then that block comes
// out cut short and is tried again together with what follows it. CRCs decide.
type bzReader struct {
	scan    *bzScanner
	scanErr error // what ended the scan

	jobs    chan *bzJob // to the workers
	queue   []*bzJob    // under way, in order
	spare   [][]byte    // output buffers to use again
	workers int         // started
	most    int         // to start
	group   sync.WaitGroup

	crc    *bzCRC
	cur    *bzJob // being read out
	run    bzRun  // of cur
	sum    uint32 // CRC of cur's bytes so far
	stream uint32 // combined CRC of the stream so far
	err    error
}

// bzJob is a segment on its way through a worker.
type bzJob struct {
	seg  bzSegment
	done chan struct{} // closed when out and err are final; nil for an end
	out  []byte
	crc  uint32
	err  error
}

func openBzip2(r *bufio.Reader, with decoding) (io.ReadCloser, error) {
	return newBzReader(r, with.note, runtime.GOMAXPROCS(0)), nil
}

// newBzReader returns a reader that uses up to the given number of workers.
func newBzReader(r io.Reader, note func(error), workers int) *bzReader {
	return &bzReader{
		scan: newBzScanner(r, note),
		jobs: make(chan *bzJob, workers+1),
		most: workers,
		crc:  newBzCRC(),
	}
}

// Read implements [io.Reader].
func (z *bzReader) Read(p []byte) (int, error) {
	for z.err == nil {
		if z.cur == nil {
			z.err = z.nextBlock()
			continue
		}
		n := z.run.expand(p, z.cur.out)
		z.sum = z.crc.update(z.sum, p[:n])
		if n == 0 || z.run.at == len(z.cur.out) && z.run.left == 0 {
			z.err = z.endBlock()
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, z.err
}

// Close stops the workers and waits for them: for a block at most.
func (z *bzReader) Close() error {
	if z.jobs != nil {
		close(z.jobs)
		z.jobs = nil
		z.group.Wait()
	}
	return nil
}

// nextBlock makes the next block current, or returns io.EOF after the last.
func (z *bzReader) nextBlock() error {
	z.schedule()
	if len(z.queue) == 0 {
		return z.scanErr
	}
	job := z.queue[0]
	z.queue = z.queue[1:]
	if job.seg.data == nil {
		if z.stream != job.seg.crc {
			return corruptf("stream fails its checksum")
		}
		z.stream = 0
		return nil
	}
	<-job.done
	if job.err != nil {
		z.retry(job)
	}
	if job.err != nil {
		return job.err
	}
	z.cur, z.run, z.sum = job, bzRun{}, ^uint32(0)
	return nil
}

// endBlock verifies the current block.
func (z *bzReader) endBlock() error {
	job := z.cur
	z.cur = nil
	z.spare = append(z.spare, job.out[:0])
	if ^z.sum != job.crc {
		return corruptf("block at bit %d fails its checksum", job.seg.at)
	}
	z.stream = foldBzCRC(z.stream, job.crc)
	return nil
}

// schedule keeps the workers busy: one block each, and one waiting.
func (z *bzReader) schedule() {
	for len(z.queue) <= z.most && z.scanErr == nil {
		seg, err := z.scan.next()
		if err != nil {
			z.scanErr = err
			return
		}
		job := &bzJob{seg: seg}
		z.queue = append(z.queue, job)
		if seg.data == nil {
			continue
		}
		job.done = make(chan struct{})
		if n := len(z.spare); n > 0 {
			job.out, z.spare = z.spare[n-1], z.spare[:n-1]
		}
		if z.workers < min(z.most, len(z.queue)) {
			z.workers++
			jobs := z.jobs
			z.group.Go(func() {
				var b bzBlock
				for job := range jobs {
					job.decode(&b)
					close(job.done)
				}
			})
		}
		z.jobs <- job // never waits: there is room for all of the queue
	}
}

// decode decompresses the job's block. Here, and not only in the goroutine
// that reads, a panic must become an error.
func (j *bzJob) decode(b *bzBlock) {
	defer func() {
		if v := recover(); v != nil {
			j.err = corruptf("decoder failed: %v", v)
		}
	}()
	var end int
	j.out, end, j.err = b.decode(&j.seg, j.out[:0])
	j.crc = b.crc
	switch {
	case j.err != nil:
	case end > j.seg.to:
		j.err = corruptf("block at bit %d is longer than its data", j.seg.at)
	case end < j.seg.to && !j.seg.last:
		j.err = corruptf("block at bit %d is followed by unknown bits", j.seg.at)
	}
}

// retry decodes a job that failed once more, together with the blocks that
// follow it: what looked like their beginning may have been a part of it. The
// chance of that is 2^-48 for each bit, so two are tried and no more.
func (z *bzReader) retry(job *bzJob) {
	var b bzBlock
	for range 2 {
		z.schedule()
		if len(z.queue) == 0 || z.queue[0].seg.data == nil {
			return
		}
		next := z.queue[0]
		<-next.done
		whole := bzJob{seg: job.seg, out: job.out}
		whole.seg.last = next.seg.last
		whole.seg.data = append(job.seg.data[:job.seg.to/8:job.seg.to/8], next.seg.data...)
		whole.seg.to = job.seg.to/8*8 + next.seg.to
		whole.decode(&b)
		job.seg = whole.seg
		z.queue = z.queue[1:]
		if whole.err == nil {
			*job = bzJob{seg: whole.seg, out: whole.out, crc: whole.crc}
			return
		}
	}
}

// bzRun undoes the run-length coding: after four equal bytes a fifth says how
// many more follow, 0 to 255. It keeps its place between calls.
type bzRun struct {
	at    int  // next byte of the coded ones
	equal int  // how many of the last bytes were equal, 0 to 3
	last  byte // the last byte
	left  int  // what is left of a run
}

// expand writes as much as fits into dst and returns how much that is.
func (z *bzRun) expand(dst, src []byte) int {
	n := 0
	at, equal, last := z.at, z.equal, z.last
	for n < len(dst) {
		if z.left > 0 {
			k := min(z.left, len(dst)-n)
			for i := range k {
				dst[n+i] = last
			}
			n += k
			z.left -= k
			continue
		}
		if at >= len(src) {
			break
		}
		c := src[at]
		at++
		if equal == 4 {
			z.left = int(c)
			equal = 0
			continue
		}
		if c == last {
			equal++
		} else {
			last, equal = c, 1
		}
		dst[n] = c
		n++
	}
	z.at, z.equal, z.last = at, equal, last
	return n
}
