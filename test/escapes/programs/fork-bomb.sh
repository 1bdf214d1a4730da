# tries: the fork bomb
# endings: any
# limits: {"wallMs": 800}
bomb() { bomb | bomb & }
bomb
while :; do bomb; done
