export const signin = {
  motto: "把客户的一程画出来，让它自己走。",
  title: "登录",
  email: "邮箱",
  password: "密码",
  enter: "登录",
  emailNeeded: "请填写完整的邮箱地址，例如 name@example.com。",
  passwordNeeded: "请填写密码。",
  wrong: "邮箱或密码不对。请检查大小写后再试；忘记密码请联系工作区的所有者。",
  waitButton: "请等 {{seconds}} 秒再试",
};
