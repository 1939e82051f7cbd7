/** Stands in the bundle for packages that only a developer's tools need. */
export default {};
