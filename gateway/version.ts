/** The version of this program and of its rules, as in package.json. */
export const version = "0.1.0";
