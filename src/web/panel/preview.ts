// The page in the frame of a preview: what voters will see, made by the voters' own code. It casts nothing.
export {};
