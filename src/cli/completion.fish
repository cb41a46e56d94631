# fish completion for seedbed, which says itself what can come next
function __seedbed_words
    set -l words (commandline -opc) (commandline -ct)
    for line in (seedbed completion words -- $words[2..] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :folders
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c seedbed -f -a '(__seedbed_words)'
