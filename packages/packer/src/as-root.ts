import path from 'node:path';
import { no, type Result, yes } from '@bakehouse/bake';
import { execa } from 'execa';
import type { Environment } from './environment.ts';
import { STAGE_MARKER } from './process-tree.ts';
import type { Stage } from './stage.ts';

/** What is put before a command that has to be root: nothing for a user who is root. The sentence says why this user cannot be. */
export async function findWayToRoot(environment: Environment): Promise<Result<readonly string[], string>> {
  if (process.getuid?.() === 0) return yes([]);
  const sudo = ['sudo', '-n', '--'] as const;
  const [program, ...rest] = sudo;
  const tried = await execa(program, [...rest, SHELL, '-c', 'exit 0'], {
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: 10_000,
  });
  if (tried.exitCode === 0) return yes(sudo);
  const said = tried.all?.trim().split('\n')[0] || tried.originalMessage || `sudo exited with ${tried.exitCode}`;
  return no(`this user is not root, and cannot be by sudo: ${said}`);
}

const SHELL = '/bin/sh';

/**
 * A command of Packer behind a shell that is root. Nobody but root may send it a signal, so the shell does, when it is told to over its
 * standard input; when that ends, the worker has gone. The environment comes the same way: sudo would take parts of it away, and an
 * argument can be read by everyone. In the end the shell gives what Packer has made to the worker's own user.
 */
export function rootArguments(stage: Stage, { argv, graceMs }: { argv: readonly string[]; graceMs: number }): string[] {
  const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const cache = path.join(stage.cacheDir, 'packer');
  const grace = String(Math.ceil(graceMs / 1000));
  return [SHELL, '-c', SCRIPT, 'bakehouse-root', stage.dir, stage.outputDir, cache, owner, grace, ...argv];
}

/** What the shell has to hear before it starts anything. */
export function environmentText(environment: Environment): string {
  const lines = Object.entries(environment)
    // Were it the shell's own, the shell would take its tools for Packer's.
    .filter(([name]) => name !== STAGE_MARKER && /^[A-Za-z_]\w*$/.test(name))
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`);
  return `${lines.join('')}\n`;
}

/** What the shell understands from then on. */
export const ROOT_WORDS = { SIGTERM: 'TERM\n', SIGKILL: 'KILL\n' } as const;

const SCRIPT = `
set -u
dir=$1 output=$2 cache=$3 owner=$4 grace=$5
shift 5
unset SUDO_COMMAND SUDO_USER SUDO_UID SUDO_GID
while IFS= read -r line && [ -n "$line" ]; do
  # The dot keeps newlines at the end.
  value=$(printf '%b.' "\${line#*=}")
  export "\${line%%=*}=\${value%.}"
done
exec 3<&0 </dev/null
${STAGE_MARKER}=$dir "$@" 3<&- &
packer=$!

terminate() { kill -TERM "$packer" 2>/dev/null; }
left() { grep -slzxF "${STAGE_MARKER}=$dir" /proc/[0-9]*/environ | cut -d/ -f3; }
send() { for pid in $(left); do kill -"$1" "$pid" 2>/dev/null; done; }

(
  while IFS= read -r word; do
    case $word in
      TERM) terminate ;;
      KILL) send KILL; exit ;;
    esac
  done
  terminate
  sleep 1
  terminate
  while [ "$grace" -gt 0 ]; do
    sleep 1
    grace=$((grace - 1))
  done
  send KILL
) <&3 3<&- &
reader=$!
exec 3<&-

trap terminate TERM INT HUP
wait "$packer" 2>/dev/null
code=$?
while kill -0 "$packer" 2>/dev/null; do
  wait "$packer" 2>/dev/null
  code=$?
done
kill "$reader" 2>/dev/null

tries=0
while [ "$tries" -lt 100 ] && [ -n "$(left)" ]; do
  [ "$tries" -eq 0 ] && send TERM
  [ "$tries" -ge 10 ] && send KILL
  tries=$((tries + 1))
  sleep 0.1
done
for place in "$dir" "$output" "$cache"; do
  # What is mounted below is another's.
  awk -v at="$place/" 'index($5, at) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while IFS= read -r point; do
    umount --lazy "$(printf '%b' "$point")"
  done
  [ -e "$place" ] && ! grep -qF " $place/" /proc/self/mountinfo && chown -hR "$owner" "$place"
done
exit "$code"
`;
