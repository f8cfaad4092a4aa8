/** Says what begins, does it, and says how long it took. */
export function timed(what, step) {
  const began = performance.now();
  process.stderr.write(`${what} …\n`);
  const result = step();
  process.stderr.write(`… ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return result;
}
