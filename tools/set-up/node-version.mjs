/** What this needs at least: `engines` in package.json says the same to npm. */
const [MAJOR, MINOR] = [20, 19];

/** A sentence when `version` (`20.20.1`) is too old, else nothing. */
export function nodeIsTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return undefined;
  return `Bakehouse needs Node ${MAJOR}.${MINOR} or newer; this is Node ${version} (${process.execPath}). Install a newer one, then run this again.`;
}
