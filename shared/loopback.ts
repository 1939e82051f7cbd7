/**
 * Whether only this machine can reach the host (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3): `localhost`, an
 * address, or one of IPv6 in brackets as a URL has it.
 */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|::1|\[::1\]|127(?:\.\d{1,3}){3})$/u.test(host);
