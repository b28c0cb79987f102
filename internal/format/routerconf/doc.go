// Package routerconf reads the BGP neighbours out of router configurations:
// BIRD, Cisco IOS and its like (FRR, Arista EOS, IOS-XR), Junos in braces and in
// set lines, and Nokia SR OS in its classic and its model-driven form.
//
// It reads what it needs and passes over the rest, since a configuration of
// thousands of lines has dozens about BGP. What neighbours inherit from groups
// and templates is resolved. Nothing is executed: includes are not followed and
// filters not understood.
//
// [Detect] tells the dialect by the text, [Read] reads it. Memory is bounded by
// [MaxSize] and [MaxEntities]; no input makes the package panic.
package routerconf
