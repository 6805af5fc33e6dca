export const signin = {
  motto: "Draw the road your customer takes, and let it run by itself.",
  title: "Sign in",
  email: "E-mail",
  password: "Password",
  enter: "Sign in",
  emailNeeded: "Enter a full e-mail address, such as name@example.com.",
  passwordNeeded: "Enter your password.",
  wrong:
    "E-mail or password is wrong. Check upper and lower case and try again, or ask the workspace owner for a new password.",
  waitButton: "Wait {{seconds}} s before the next try",
};
