import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Part } from './part.ts';

/**
 * A process that outlives `up` by as long as it takes to end its stack in order, when `up` is gone without a word. A signal
 * from the kernel at the death of a parent would not do: a worker has to be told twice, and Redis has to be there until then.
 */
export interface Guardian {
  readonly pid: number;
  /** To be told of each part as soon as it runs. */
  watch(part: Part): void;
  /** Sends it away: there is nothing left to end. */
  dismiss(): Promise<void>;
}

/** Starts a guardian, in a session of its own, deaf to what a terminal sends. Rejects when there is no /bin/sh. */
export async function startGuardian(): Promise<Guardian> {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const gone = once(child, 'exit');
  child.stdin.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    watch: ({ name, pid }) => void child.stdin.write(`${name.startsWith('worker-') ? 'worker' : 'server'} ${pid}\n`),
    async dismiss() {
      child.stdin.end('dismissed\n');
      await gone;
    },
  };
}

/** Reads pids until it is dismissed, or until its input ends, which only the death of `up` does. Tries are five a second. */
const SCRIPT = `
trap '' INT TERM HUP
workers= servers=
while read -r kind pid; do
  case $kind in
    worker) workers="$workers $pid" ;;
    server) servers="$servers $pid" ;;
    dismissed) exit 0 ;;
  esac
done

any_lives() {
  for pid; do
    case $(cat "/proc/$pid/stat") in '' | *') Z '* | *') X '*) ;; *) return 0 ;; esac
  done
  return 1
}
await_end() {
  tries=$1 && shift
  while [ "$tries" -gt 0 ] && any_lives "$@"; do sleep 0.2; tries=$((tries - 1)); done
}
tell() { for pid; do kill -TERM "$pid"; done; }
kill_groups() { for pid; do kill -KILL "-$pid"; done; }

tell $workers
sleep 0.7
tell $workers
await_end 3300 $workers
kill_groups $workers
tell $servers
await_end 50 $servers
kill_groups $servers
`;
