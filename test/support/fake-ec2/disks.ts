import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who logs in to machines of the fake cloud. */
const USER = 'admin';

/** Makes the Debian tree that machines start from: an sshd, and a user who becomes root without a password, as clouds' images have it. */
export async function makeDisk(tree: string): Promise<void> {
  await run('mmdebstrap', ['--quiet', '--variant=minbase', '--include=openssh-server,sudo', 'bookworm', tree]);
  await run('chroot', [tree, 'useradd', '--create-home', '--shell', '/bin/bash', '--password', '*', USER]);
  await writeFile(path.join(tree, 'etc/sudoers.d', USER), `${USER} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
  // Names are asked of whom this machine asks.
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) await run('cp', ['--dereference', file, `${tree}${file}`]);
}

/** A machine's own copy, which whoever has the key may log in to. */
export async function copyDisk(from: string, to: string, publicKey: string): Promise<void> {
  await run('cp', ['--archive', from, to]);
  const keys = path.join(to, 'home', USER, '.ssh');
  await mkdir(keys, { mode: 0o700 });
  await writeFile(path.join(keys, 'authorized_keys'), `${publicKey}\n`, { mode: 0o600 });
  await run('chroot', [to, 'chown', '--recursive', `${USER}:`, `/home/${USER}/.ssh`]);
}
