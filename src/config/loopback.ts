// Whether an address is this machine's own, which nobody else answers at.

/** A URL of any scheme. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    /^(?:.+\.)?localhost$/.test(hostname) ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname) ||
    hostname === '[::1]'
  );
}
