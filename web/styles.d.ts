/** Style sheets are the builder's business; importing one has an effect and no value. */
declare module "*.css";
