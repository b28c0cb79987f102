package evidence

// at returns an observation of a sealed shard.
func (s *Shard) at(i int) *Observation {
	if len(s.rows) == 0 {
		return &s.obs[i]
	}
	return s.make(s.rows[0], i)
}

// make makes an observation of a table.
func (s *Shard) make(rows Rows, i int) *Observation {
	var r Row
	rows.Row(i, &r)
	o := observe(rows, &r)
	for j := range o.Refs {
		o.Refs[j].Input = s.Input.Digest
	}
	return o
}

// settleRows makes all observations where a table is not all that there is, as
// of an archive with several members.
func (s *Shard) settleRows() {
	if len(s.rows) == 0 || len(s.rows) == 1 && len(s.obs) == 0 {
		return
	}
	for _, rows := range s.rows {
		for i := range rows.Len() {
			s.Observe(*s.make(rows, i))
		}
	}
	s.rows = nil
}
