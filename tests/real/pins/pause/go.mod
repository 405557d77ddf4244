module baoctl.invalid/real/pause

go 1.26
