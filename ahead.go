package domaintask

import "context"

// reading is a page and how it was read.
type reading struct {
	page     *PollTaskResultResponse
	attempts int
	err      error
}

// readAhead reads a page in a goroutine of its own.
func (d *drain) readAhead(ctx context.Context, num int) {
	coming := make(chan reading)
	d.coming = coming
	var r reading
	go guard(func() error { r = d.read(ctx, num); return r.err }, func(err error) {
		r.err = err
		coming <- r
	})
}

func (d *drain) read(ctx context.Context, num int) (r reading) {
	req := d.req
	req.PageNum = num
	r.page, r.attempts, r.err = d.client.poll(ctx, req)
	return r
}

// page returns the page of that number, which is read now unless it is being
// read ahead.
func (d *drain) page(ctx context.Context, num int) (*PollTaskResultResponse, error) {
	var r reading
	if d.coming == nil {
		r = d.read(ctx, num)
	} else {
		for arrived := false; !arrived; {
			r, arrived = d.wait()
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	p := &d.progress
	p.Pages++
	p.Items += len(r.page.Tasks)
	p.TotalPages, p.TotalItems = r.page.TotalPageNum, r.page.TotalItemNum
	p.Attempts += r.attempts
	if d.options.progress != nil {
		p.Drained = d.result()
		d.options.progress(*p)
	}
	return r.page, nil
}
