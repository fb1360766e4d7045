package devdb

import "syscall"

// sysProcAttr has the kernel stop the child when we die, even by SIGKILL.
func sysProcAttr(account *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: account, Pdeathsig: syscall.SIGINT}
}
