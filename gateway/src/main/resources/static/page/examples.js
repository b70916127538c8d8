// Pictures to begin with, and questions that suit them. They are of the kind that the bundled model was trained on.

const DESCRIBE = 'Please describe the image.';

export const EXAMPLES = [
  { file: 'examples/very.png', alt: 'The word VERY among crosses, a star and a circle',
    questions: ['What does the text say?', 'What is at the bottom?', DESCRIBE] },
  { file: 'examples/scene01.png', alt: 'A gray crescent, a pink diamond and a yellow pentagon',
    questions: [DESCRIBE, 'What shape is at the bottom left?', 'Is there a red pentagon?'] },
  { file: 'examples/scene02.png', alt: 'Two hearts, a diamond and a circle',
    questions: ['What can be seen at the top?', 'Is there a white heart in this image?', DESCRIBE] },
  { file: 'examples/scene08.png', alt: 'Triangles, circles and a heart',
    questions: ['What object is at the top right?', DESCRIBE] },
  { file: 'examples/scene10.png', alt: 'A purple ring and a gray pentagon',
    questions: ['What color is the ring at the top left?', 'How many shapes are there?', DESCRIBE] },
];

/** Questions for any other picture. */
export const QUESTIONS = [DESCRIBE, 'What does the text say?'];
