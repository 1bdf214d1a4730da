// A filter of jest, which is asked about all files of tests that were found and leaves out none: what the reporter is to hear of.
// It serves jest 30, which takes paths, and older ones, which take `{ test: path }` and pass over the rest.
'use strict';
const found = [];

module.exports = (paths) => {
  found.push(...paths);
  return { filtered: [...paths, ...paths.map((test) => ({ test }))] };
};
module.exports.found = found;
