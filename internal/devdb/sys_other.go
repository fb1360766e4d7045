//go:build unix && !linux

package devdb

import "syscall"

// sysProcAttr: outside Linux the kernel does not tell a child that its parent
// died; the next start then finds the old server and waits for nothing, so a
// killed readyline needs its Postgres stopped by hand.
func sysProcAttr(account *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: account}
}
